"""Ways through the network by expected time, as things are now: the best few, without loops."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from milepost.eta.roads.ahead import likeliest
from milepost.eta.roads.model import DOOR
from milepost.eta.roads.present import Present
from milepost.eta.roads.sketch import mean_s
from milepost.eta.roads.times import Moment

_MOST_POPS = 2_000
_MOST_NODES = 15
# A move that hardly anybody makes is no advice.
_FEWEST = 5.0
_LONGEST = 1 << 59
_NEVER = 1 << 60


class Way(Struct, frozen=True):
    """Facilities in order, and how long it is expected to take."""

    nodes: tuple[str, ...]
    expected_s: int


class Costs:
    """What each edge is expected to take now; made once and asked for many roads."""

    def __init__(self, moment: Moment, present: Present) -> None:
        self.onto: dict[str, dict[str, int]] = {}
        self.back: dict[str, dict[str, int]] = {}
        self._to: dict[str, dict[str, int]] = {}
        self.present = present
        self._moves: dict[tuple[str, str], int] = {}
        self._moment = moment
        for key, counts in moment.network.counts.items():
            if key[0] == "flow" and key[2] == "":
                self._learn(str(key[1]), counts)

    def _learn(self, node: str, counts: Mapping[int | str, int]) -> None:
        least = _FEWEST * self._moment.unit
        for to, count in counts.items():
            if to != DOOR and count >= least and to not in self.present.closed:
                cost_s = self.move_s(node, str(to))
                self.onto.setdefault(node, {})[str(to)] = cost_s
                self.back.setdefault(str(to), {})[node] = cost_s

    def move_s(self, node: str, to: str) -> int:
        """One move, with what is slow now; without any closure."""
        known = self._moves.get((node, to))
        if known is None:
            known = mean_s(self._moment.pace(node, to)) + self.delay_s(node, to)
            self._moves[node, to] = known
        return known

    def delay_s(self, node: str, to: str) -> int:
        """How much longer than usual it takes now."""
        slow, more = self.present.slow, 0
        stay = slow.get(("dwell", node)) or slow.get(("held", node))
        if stay is not None:
            more += (stay.times_pm - 1000) * stay.usual_p50_s // 1000
        move = slow.get(("transit", node, to))
        if move is not None:
            more += (move.times_pm - 1000) * move.usual_p50_s // 1000
        return more

    def way_s(self, way: Sequence[str], now_s: int) -> int | None:
        """A whole way as things are; None if it is closed and nobody knows for how long."""
        total = 0
        for node, to in pairwise(way):
            total += self.move_s(node, to)
            closure = self.present.closed.get(to)
            if closure is not None:
                if closure.until_s is None:
                    return None
                total = max(total, closure.until_s - now_s)
        return total

    def to(self, target: str) -> dict[str, int]:
        """The expected time to a facility from every other that leads there."""
        found = self._to.get(target)
        if found is None:
            found = self._to[target] = _distances(self.back, target)
        return found

    def ways(self, node: str, target: str, most: int, longest_s: int | None = None) -> list[Way]:
        """The best ways that take no longer, quickest first, none with a loop.

        The exact rest is known from every facility, so ways come out in their order and only those
        that are asked for are made.
        """
        left = self.to(target)
        longest_s = _LONGEST if longest_s is None else longest_s
        if left.get(node, _NEVER) > longest_s:
            return []
        queue: list[tuple[int, int, tuple[str, ...]]] = [(left[node], 0, (node,))]
        found: list[Way] = []
        for _ in range(_MOST_POPS):
            if not queue or len(found) == most:
                break
            estimate, so_far, way = heapq.heappop(queue)
            if way[-1] == target:
                found.append(Way(way, estimate))
            elif len(way) < _MOST_NODES:
                for to, cost in self.onto.get(way[-1], {}).items():
                    done = so_far + cost
                    estimate = done + left.get(to, _NEVER)
                    if estimate <= longest_s and to in left and to not in way:
                        heapq.heappush(queue, (estimate, done, (*way, to)))
        return found


def _distances(back: Mapping[str, Mapping[str, int]], target: str) -> dict[str, int]:
    found: dict[str, int] = {}
    queue: list[tuple[int, str]] = [(0, target)]
    best = {target: 0}
    while queue:
        cost, node = heapq.heappop(queue)
        if node in found:
            continue
        found[node] = cost
        for before, more in back.get(node, {}).items():
            if cost + more < best.get(before, _NEVER):
                best[before] = cost + more
                heapq.heappush(queue, (cost + more, before))
    return found


def expected_s(moment: Moment, node: str, goals: tuple[str, ...]) -> int | None:
    """The expected time to the door by the likeliest way; None where none is known."""
    way = likeliest(moment, node, goals)
    if way[-1] != DOOR:
        return None
    return sum(mean_s(moment.pace(one, to)) for one, to in pairwise(way))
