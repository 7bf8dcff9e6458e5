"""A window as readers of the road see it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from milepost.domain.moment import to_text
from milepost.domain.place import Place
from milepost.domain.track import Arrival, Revision
from milepost.eta.facts import Window
from milepost.places import zone_of

_MINUTE_US = 60_000_000


def arrival(window: Window, destination: Place | None) -> Arrival:
    """A window as readers of the road see it, in the destination's zone. Seconds would claim more
    than anybody knows: the ends are told in whole minutes, outwards.
    """
    zone = zone_of(destination) if destination else None
    low, likely, high = _floor(window.p10_us), _floor(window.p50_us), -_floor(-window.p90_us)
    return Arrival(
        earliest=local(low, zone), latest=local(high, zone), likely=local(likely, zone),
        probability=round(window.probability, 2),
        source=window.predictor, date_only=False, zone=zone, stated_at=None, guess=window.guess,
        reason=window.reason, late_odds=window.late_odds, boxes=window.boxes,
        unseen=window.unseen, revised=_revision(window, zone),
    )  # fmt: skip


def _revision(window: Window, zone: str | None) -> Revision | None:
    found = window.revised
    if found is None:
        return None
    at, was = (local(at_us, zone) for at_us in (found.at_us, _floor(found.p50_us)))
    return Revision(because=found.because, at=at, likely=was)


def _floor(at_us: int) -> int:
    return at_us // _MINUTE_US * _MINUTE_US


def local(at_us: int, zone: str | None) -> str:
    """An instant on the clock of a zone, UTC where none is known."""
    return to_text(at_us, _offset_min(zone, at_us))


def _offset_min(zone: str | None, at_us: int) -> int:
    if zone is None:
        return 0
    at = datetime.fromtimestamp(at_us // 1_000_000, UTC).astimezone(ZoneInfo(zone))
    offset = at.utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0
