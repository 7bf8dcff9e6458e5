"""When it comes: for now, the newest promise that still stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from milepost.domain.event import Event
from milepost.domain.marks import PROMISE
from milepost.domain.moment import to_datetime, to_text
from milepost.domain.scan import Facts
from milepost.domain.track import Arrival
from milepost.engine.timeline import time_text
from milepost.places import zone_of


def arrival_of(events: Sequence[Event], facts: Facts, taken_back: dict[int, int]) -> Arrival | None:
    """The arrival window, in the destination's zone where that is known."""
    promises = [e for e in events if e.code == PROMISE and e.fingerprint not in taken_back]
    if not promises:
        return None
    newest = max(promises, key=lambda event: (event.at_us, event.fingerprint))
    body = newest.body
    assert body.estimated_to_us is not None
    zone = zone_of(facts.destination) if facts.destination else None
    offset = _offset_at(zone, body.estimated_to_us, newest.offset_min or 0)
    latest = to_datetime(body.estimated_to_us, offset)
    return Arrival(
        earliest=to_text(body.estimated_from_us, offset) if body.estimated_from_us else None,
        latest=to_text(body.estimated_to_us, offset),
        probability=None,
        source="merchant_promise" if body.source == "merchant" else "carrier_promise",
        date_only=(latest.hour, latest.minute) in {(0, 0), (23, 59)},
        zone=zone,
        stated_at=time_text(newest),
    )


def _offset_at(zone: str | None, at_us: int, otherwise: int) -> int:
    """Minutes east of UTC in a zone at an instant."""
    if zone is None:
        return otherwise
    offset = datetime.fromtimestamp(at_us // 1_000_000, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0
