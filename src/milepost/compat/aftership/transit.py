"""When a parcel was picked up, tried and delivered, and how long that took. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from milepost.domain.track import EventView, Track

_DAY_S = 86_400
_MOVED = ("picked_up", "in_transit")


def time_fields(events: Sequence[EventView], track: Track | None, now_s: int) -> dict[str, Any]:
    """Every field of a tracking that is a time or counted from times."""
    first = {one.main: one.at for one in track.milestones} if track else {}
    main = track.status.main if track else "unknown"
    picked_up = next((first[one] for one in _MOVED if one in first), None)
    delivered = track.status.since if track and main == "delivered" else None
    tried = [first[one] for one in ("attempt_failed", "delivered") if one in first]
    on_time, difference = _on_time(track, delivered)
    return {
        "transit_time": days_between(picked_up, delivered, now_s),
        "shipment_pickup_date": picked_up,
        "shipment_delivery_date": delivered,
        "first_attempted_at": min(tried, key=_instant, default=None),
        "failed_delivery_attempts": sum(event.main == "attempt_failed" for event in events),
        "return_to_sender": main in {"returning", "returned"},
        "on_time_status": on_time,
        "on_time_difference": difference,
    }


def _instant(text: str) -> float:
    """Seconds; a time without a zone counts as UTC, for nothing better is known."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def days_between(start: str | None, end: str | None, now_s: int) -> int | None:
    """Whole days, until now where it has not ended; None where it has not begun."""
    if start is None:
        return None
    until = now_s if end is None else _instant(end)
    return max(0, int(until - _instant(start)) // _DAY_S)


def _on_time(track: Track | None, delivered: str | None) -> tuple[str | None, int | None]:
    """Judged once it is delivered, by the day; days late, negative if early."""
    if delivered is None or track is None or track.promise is None:
        return None, None
    late = datetime.fromisoformat(delivered[:10]) - datetime.fromisoformat(
        track.promise.latest[:10]
    )
    return ("late" if late.days > 0 else "on-time"), late.days
