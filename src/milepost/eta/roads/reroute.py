"""Better ways for parcels whose usual way is slow or closed, with the expected gain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from milepost.eta.roads.ahead import likeliest
from milepost.eta.roads.flows import onward
from milepost.eta.roads.model import DOOR, Passage
from milepost.eta.roads.present import Present
from milepost.eta.roads.times import Moment
from milepost.eta.roads.ways import Costs, Way

_LEAST_GAIN_S = 1_800
_LEAST_ODDS = 0.2
_WAYS = 3
_MOST_KNOWN = 200_000
Standpoint = tuple[str, tuple[str, ...], str | None]


class Alternative(Struct, frozen=True):
    """`gain_s` is None where nobody knows when the usual way opens again."""

    way: tuple[str, ...]
    expected_s: int
    gain_s: int | None


class Reroute(Struct, frozen=True):
    """For a parcel at `way[0]`: what troubles its usual way, and better ones, the best first.

    `usual_s` is how long the usual way takes now, None if it is closed and nobody knows until when.
    """

    usual: tuple[str, ...]
    usual_s: int | None
    because: tuple[str, ...]
    alternatives: tuple[Alternative, ...]


def place_of(passage: Passage) -> Standpoint | None:
    """All that an alternative depends on; None of a road that is not on its way.

    A parcel that has left for a stop that was named can only be sent elsewhere from there.
    """
    if not passage.open:
        return None
    last = passage.stays[-1]
    if last.left and passage.announced is not None:
        return passage.announced, passage.goals, None
    return last.node, passage.goals, passage.announced


class Rerouting:
    """Alternatives under the conditions of one moment. Roads in one place share their answer."""

    def __init__(self, moment: Moment, present: Present) -> None:
        self._moment = moment
        self.present = present
        self._costs: Costs | None = None
        self._known: dict[Standpoint, Reroute | None] = {}

    def of(self, place: Standpoint) -> Reroute | None:
        """What is better than the usual way from a place; None if that is all right."""
        if not self.present.slow and not self.present.closed:
            return None
        if place not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[place] = self._found(place)
        return self._known[place]

    def all(self, places: Mapping[int, Standpoint]) -> dict[int, Reroute]:
        """Of many roads, those that have a better way or whose way is closed."""
        found = {}
        for road, place in places.items():
            one = self.of(place)
            if one is not None:
                found[road] = one
        return found

    def _found(self, place: Standpoint) -> Reroute | None:
        node, goals, announced = place
        usual = tuple(likeliest(self._moment, node, goals, announced))
        because = tuple(_because(usual[: self._sure(usual, place)], self.present))
        if not because or usual[-1] != DOOR:
            return None
        if self._costs is None:
            self._costs = Costs(self._moment, self.present)
        return self._weighed(usual[:-1], because, self._costs)

    def _sure(self, usual: tuple[str, ...], place: Standpoint) -> int:
        """How many stops of the usual way are more than a guess: the longer a way through a
        network that is hardly known, the less it is the way that roads take.
        """
        _, goals, announced = place
        odds = 1.0
        for at, (node, to) in enumerate(pairwise(usual)):
            onto = onward(self._moment, node, goals, announced if at == 0 else None)
            odds *= onto.get(to, 0.0)
            if odds < _LEAST_ODDS:
                return at + 1
        return len(usual)

    def _weighed(
        self, usual: tuple[str, ...], because: tuple[str, ...], costs: Costs
    ) -> Reroute | None:
        usual_s = costs.way_s(usual, self._moment.now_s)
        longest_s = usual_s - _LEAST_GAIN_S if usual_s is not None else None
        ways = costs.ways(usual[0], usual[-1], _WAYS + 1, longest_s)
        better = [one for way in ways if (one := _alternative(way, usual, usual_s)) is not None]
        closed = any(node in self.present.closed for node in usual[1:])
        if not better and not closed:
            return None
        return Reroute(usual, usual_s, because, tuple(better[:_WAYS]))


def _alternative(way: Way, usual: Sequence[str], usual_s: int | None) -> Alternative | None:
    if way.nodes == tuple(usual):
        return None
    if usual_s is None:
        return Alternative(way.nodes, way.expected_s, None)
    gain_s = usual_s - way.expected_s
    return Alternative(way.nodes, way.expected_s, gain_s) if gain_s >= _LEAST_GAIN_S else None


def _because(usual: Sequence[str], present: Present) -> Iterable[str]:
    """What is in the way: `closed:` or `slow:` and the facility, or both ends of an edge."""
    for at, (node, to) in enumerate(pairwise(usual)):
        if at and node in present.closed:
            yield f"closed:{node}"
        if ("dwell", node) in present.slow or ("held", node) in present.slow:
            yield f"slow:{node}"
        if ("transit", node, to) in present.slow:
            yield f"slow:{node}>{to}"
