"""The table of lanes: how long each stage lasts until delivery, learned from delivered roads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache

from milepost.eta.facts import DAY_US, Facts, Road
from milepost.eta.ports import Forecast, Situation
from milepost.eta.stages import anchors, believable
from milepost.eta.survival import HazardTable, Key

_FEWEST = 5.0  # ended cases, in the whole table, without which it does not speak


class LaneTable:
    """Carrier × service × origin → destination, falling back to regions, countries, everything."""

    name = "lanes"

    def __init__(self, *, half_life_days: float = 45.0, prior: float = 8.0) -> None:
        self._table = HazardTable(half_life_days=half_life_days, prior=prior)

    def __len__(self) -> int:
        """How many lanes and groups of lanes are known."""
        return len(self._table)

    def learn(self, road: Road) -> None:
        """A road was delivered: each of its stages is a case. Open roads are left to `refresh`."""
        if road.delivered_us is None:
            return
        events = believable(road.facts, road.events, road.delivered_us)
        for stage, begun in anchors(road.facts, events):
            days = (road.delivered_us - begun) / DAY_US
            self._table.learn(chain(road.facts, stage), days, road.delivered_us / DAY_US)

    def refresh(self, open_roads: Iterable[Road], now_us: int) -> None:
        """What is still on the road now counts as lasting at least so long; then all shows."""
        deque(self.refreshing(open_roads, now_us), maxlen=0)

    def refreshing(self, open_roads: Iterable[Road], now_us: int) -> Iterator[None]:
        """`refresh` in small steps."""
        yield from self._table.replacing_open(
            (chain(road.facts, stage), (now_us - begun) / DAY_US)
            for road in open_roads
            for stage, begun in anchors(road.facts, believable(road.facts, road.events, now_us))
        )
        self._table.settle(now_us / DAY_US)

    def forecast(self, facts: Facts, situation: Situation) -> Forecast | None:
        """Quantiles of the most particular lane known, for what has been silent so long."""
        keys = chain(facts, situation.stage)
        curve = self._table.curve(keys)
        if curve is None or (self._table.curve(keys[:1]) or curve).evidence < _FEWEST:
            return None
        return Forecast.of_curve(
            curve, situation.silent, guess=False, reason="as such roads went lately",
            evidence=self._behind(keys),
        )  # fmt: skip

    def middle(self, facts: Facts, stage: str, lasted: float) -> tuple[float, float] | None:
        """Of `forecast` the median and its evidence alone: models ask for no more."""
        keys = chain(facts, stage)
        curve = self._table.curve(keys)
        if curve is None or (self._table.curve(keys[:1]) or curve).evidence < _FEWEST:
            return None
        return Forecast.middle_of(curve, lasted, self._behind(keys))

    def _behind(self, keys: tuple[Key, ...]) -> float:
        """How many roads a lane's curve rests on: also those that it is shrunk to, as far as they
        go between the same countries. Other countries' are no record of this lane.
        """
        between = self._table.curve(keys[1:2])
        return 0.0 if between is None else between.evidence


def chain(facts: Facts, stage: str) -> tuple[Key, ...]:
    """Keys from the most general to the lane itself."""
    origin, destination = facts.origin, facts.destination
    return _chain(
        stage, facts.carrier, facts.service,
        origin.country or "", origin.region or "", origin.place or "",
        destination.country or "", destination.region or "", destination.place or "",
    )  # fmt: skip


@lru_cache(maxsize=65_536)
def _chain(
    stage: str, carrier: str, service: str, country: str, region: str, place: str,
    to_country: str, to_region: str, to_place: str,
) -> tuple[Key, ...]:  # fmt: skip
    countries = (stage, country, to_country)
    of_carrier = (*countries, carrier)
    of_service = (*of_carrier, service)
    to = (*of_service, "to", to_region)
    regions = (*of_service, region, to_region)
    return (stage,), countries, of_carrier, of_service, to, regions, (*regions, place, to_place)
