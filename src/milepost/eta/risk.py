"""Odds from hazards of segments: is this silence abnormal, and how long does customs take here?"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from milepost.eta.facts import DAY_US, Facts, Road, Seen
from milepost.eta.stages import believable
from milepost.eta.survival import Curve, HazardTable, Key

_FEWEST, _MANY = 10.0, 50.0
_CUSTOMS = "customs"


class Silence(Struct, frozen=True):
    """`heard_by_now`: the share of such scans that were followed by the next one sooner.

    `usual_days` is the median of the wait; `evidence` how many waits of this segment are known.
    """

    heard_by_now: float
    usual_days: float
    evidence: float


class SilenceTable:
    """How long after a scan the next one comes: by status, carrier and country it is bound for."""

    def __init__(self, *, half_life_days: float = 60.0, prior: float = 15.0) -> None:
        self._table = HazardTable(half_life_days=half_life_days, prior=prior)

    def learn(self, facts: Facts, event: Seen, following: Seen) -> None:
        """Two neighbouring scans of one road."""
        days = (following.occurred_us - event.occurred_us) / DAY_US
        self._table.learn(_segment(facts, event.main), days, following.occurred_us / DAY_US)

    def learn_road(self, road: Road) -> None:
        """All waits of a road that has ended."""
        if road.delivered_us is None:
            return
        events = believable(road.facts, road.events, road.delivered_us)
        if not events or events[-1].occurred_us < road.delivered_us:
            events.append(Seen(road.delivered_us, "delivered"))
        for event, following in pairwise(events):
            self.learn(road.facts, event, following)

    def refresh(self, open_roads: Sequence[Road], now_us: int) -> None:
        """Waits that have not ended count as lasting at least so long; then all shows."""
        deque(self.refreshing(open_roads, now_us), maxlen=0)

    def refreshing(self, open_roads: Sequence[Road], now_us: int) -> Iterator[None]:
        """`refresh` in small steps."""
        yield from self._table.replacing_open(_waits(open_roads, now_us))
        self._table.settle(now_us / DAY_US)

    def check(self, facts: Facts, events: Sequence[Seen], now_us: int) -> Silence | None:
        """How unusual the present silence is; None without a scan or without history."""
        known = believable(facts, events, now_us)
        if not known:
            return None
        curve = self._table.curve(_segment(facts, known[-1].main))
        if curve is None or curve.evidence < _FEWEST:
            return None
        silent = (now_us - known[-1].occurred_us) / DAY_US
        return Silence(1 - curve.surviving(silent), curve.quantile(0.5), curve.evidence)

    def longest_days(self, facts: Facts, events: Sequence[Seen], share: float) -> float | None:
        """Within how many days of the newest scan so many of such waits are over; None without a
        scan or with too little history.
        """
        if not events:
            return None
        last = max(reversed(events), key=lambda event: event.occurred_us)  # of equals the last
        curve = self._table.curve(_segment(facts, last.main))
        if curve is None or curve.evidence < _MANY:
            return None
        return curve.quantile(share)


def _waits(roads: Sequence[Road], now_us: int) -> Iterator[tuple[tuple[Key, ...], float]]:
    for road in roads:
        events = believable(road.facts, road.events, now_us)
        if events:
            age = (now_us - events[-1].occurred_us) / DAY_US
            yield _segment(road.facts, events[-1].main), age


def _segment(facts: Facts, main: str) -> tuple[Key, ...]:
    country = facts.destination.country or ""
    return (main,), (main, country), (main, country, facts.carrier)


class CustomsTable:
    """How long clearance lasts, as survival curves by country, port of entry and kind of goods."""

    def __init__(self, *, half_life_days: float = 90.0, prior: float = 10.0) -> None:
        self._table = HazardTable(half_life_days=half_life_days, prior=prior)

    def learn(self, country: str, port: str, goods: str, days: float, known_day: float) -> None:
        """A clearance has ended after `days`; known on `known_day` (days since 1970)."""
        self._table.learn(_customs_keys(country, port, goods), days, known_day)

    def refresh(self, held: Sequence[tuple[str, str, str, float]], today: float) -> None:
        """What is in clearance now: country, port, goods and days so far; then all shows."""
        self._table.replace_open(
            (_customs_keys(country, port, goods), age) for country, port, goods, age in held
        )
        self._table.settle(today)

    def curve(self, country: str, port: str = "", goods: str = "") -> Curve | None:
        """The curve of the most particular group that is known."""
        return self._table.curve(_customs_keys(country, port, goods))

    def known(self, country: str, port: str, goods: str, fewest: float) -> tuple[Curve, int] | None:
        """The curve of the narrowest group with so many stays of its own, and how narrow it is:
        0 of the country, 1 of the port, 2 of these goods at the port. None where none has.
        """
        keys = _customs_keys(country, port, goods)
        for level in (2, 1, 0):
            curve = self._table.curve(keys[level + 1 : level + 2])
            if curve is not None and curve.evidence >= fewest and _is_own(keys, level):
                return curve, level
        return None


def _is_own(keys: tuple[Key, ...], level: int) -> bool:
    """Whether a group is one: what has no port or no goods is narrower by name only."""
    return bool(keys[level + 1][-1])


def _customs_keys(country: str, port: str, goods: str) -> tuple[Key, ...]:
    return (
        (_CUSTOMS,), (_CUSTOMS, country), (_CUSTOMS, country, port),
        (_CUSTOMS, country, port, goods),
    )  # fmt: skip
