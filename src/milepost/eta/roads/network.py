"""What is learned of one tenant's network: counters, put in and taken out road by road.

A function of the set of roads put in: neither their order nor what was taken out again leaves a
trace. Memory is bounded: the least used facilities, edges and ends are forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping

from milepost.eta.roads.lessons import Cell, Key, lessons
from milepost.eta.roads.model import DAY_S, Node, Passage
from milepost.eta.roads.sketch import weight_at

HALF_LIFE_S = 45 * DAY_S
BASE_S = 1_704_067_200  # 2024; earlier counts little
MOST_NODES = 20_000
MOST_KEYS = 400_000
MOST_CELLS = 3_000_000
_FORGET = 10  # one in so many, once there are too many
_GENERAL = ("/all", "/carrier", "/class")


class Network:
    """See the module. Reading functions take now, because the past fades."""

    def __init__(
        self,
        *,
        base_s: int = BASE_S,
        half_life_s: int = HALF_LIFE_S,
        most_nodes: int = MOST_NODES,
        most_keys: int = MOST_KEYS,
        most_cells: int = MOST_CELLS,
    ) -> None:
        self.nodes: dict[str, Node] = {}
        self.counts: dict[Key, dict[Cell, int]] = {}
        self.roads = 0
        self._used: dict[str, int] = {}  # facility → roads that have come by
        self._cells = 0
        self._base_s, self._half_life_s = base_s, half_life_s
        self._most = (most_nodes, most_keys, most_cells)

    def unit(self, now_s: int) -> int:
        """What one road weighs now."""
        return max(1, weight_at(now_s, self._base_s, self._half_life_s))

    def of(self, key: Key) -> Mapping[Cell, int]:
        """The counters of one thing; empty where nothing is known."""
        return self.counts.get(key, {})

    def put(self, passage: Passage) -> None:
        """Learn a road, as far as it has come."""
        for name, node in passage.nodes.items():
            self.nodes.setdefault(name, node)
        self._use(passage, 1)
        for key, cell, at_s in lessons(passage):
            self._add(key, cell, weight_at(at_s, self._base_s, self._half_life_s))
        self._bound()

    def take(self, passage: Passage) -> None:
        """Unlearn a road that was put in so; what is forgotten already stays forgotten."""
        for key, cell, at_s in lessons(passage):
            self._drop(key, cell, weight_at(at_s, self._base_s, self._half_life_s))
        self._use(passage, -1)

    def used(self, node: str) -> int:
        """How many of the roads put in have come by a facility."""
        return self._used.get(node, 0)

    def _use(self, passage: Passage, by: int) -> None:
        self.roads += by
        named = set(passage.nodes)
        for node in named:
            count = self._used.get(node, 0) + by
            if count > 0:
                self._used[node] = count
            else:
                self._used.pop(node, None)
                self.nodes.pop(node, None)

    def _add(self, key: Key, cell: Cell, weight: int) -> None:
        if weight <= 0:
            return
        counts = self.counts.get(key)
        if counts is None:
            counts = self.counts[key] = {}
        known = counts.get(cell)
        if known is None:
            self._cells += 1
            counts[cell] = weight
        else:
            counts[cell] = known + weight

    def _drop(self, key: Key, cell: Cell, weight: int) -> None:
        counts = self.counts.get(key)
        if counts is None or cell not in counts:
            return
        left = counts[cell] - weight
        if left > 0:
            counts[cell] = left
            return
        del counts[cell]
        self._cells -= 1
        if not counts:
            del self.counts[key]

    def _bound(self) -> None:
        nodes, keys, cells = self._most
        if len(self.nodes) > nodes:
            self._forget_nodes()
        if len(self.counts) > keys or self._cells > cells:
            self._forget_keys()

    def _forget_nodes(self) -> None:
        ranked = sorted(self.nodes, key=lambda node: (self._used.get(node, 0), node))
        gone = set(ranked[: max(1, len(ranked) // _FORGET)])
        for node in gone:
            del self.nodes[node]
            self._used.pop(node, None)
        for key in [key for key in self.counts if gone & set(key)]:
            self._remove(key)

    def _forget_keys(self) -> None:
        particular = [key for key in self.counts if not str(key[0]).endswith(_GENERAL)]
        ranked = sorted(particular, key=lambda key: (sum(self.counts[key].values()), str(key)))
        for key in ranked[: max(1, len(ranked) // _FORGET)]:
            self._remove(key)

    def _remove(self, key: Key) -> None:
        self._cells -= len(self.counts.pop(key))
