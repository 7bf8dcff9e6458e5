"""Times as 17TRACK writes them: an instant only where the zone is known, else the raw words."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from milepost.domain.track import EventView

# Of these the source gave the offset itself; all others were resolved by us, or not at all.
_SOURCE_ZONE = "exact"
_DAY = 10
NO_TIME: dict[str, Any] = {
    "time_iso": None,
    "time_utc": None,
    "time_raw": {"date": None, "time": None, "timezone": None},
}


def of_event(event: EventView) -> dict[str, Any]:
    """`time_iso`, `time_utc` and `time_raw` of an event. Not to be changed: it may be shared."""
    return _written(event.occurred_at, event.time_quality == _SOURCE_ZONE)


@lru_cache(maxsize=50_000)
def _written(text: str, zone_given: bool) -> dict[str, Any]:
    if len(text) == _DAY:
        return NO_TIME | {"time_raw": {"date": text, "time": None, "timezone": None}}
    at = datetime.fromisoformat(text)
    iso = at.isoformat(timespec="seconds")
    raw = {"date": iso[:10], "time": iso[11:19], "timezone": None}
    if at.tzinfo is None:
        return NO_TIME | {"time_raw": raw}
    if zone_given:
        raw["timezone"] = iso[19:]
    return {"time_iso": iso, "time_utc": utc_text(at), "time_raw": raw}


def utc_text(at: datetime) -> str:
    """`2026-03-01T02:00:00Z` of an aware time."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def of_us(at_us: int | None) -> str | None:
    """The same of microseconds since 1970 UTC."""
    return None if at_us is None else utc_text(datetime.fromtimestamp(at_us // 1_000_000, UTC))


def us_of(text: str | None) -> int | None:
    """Microseconds since 1970 of ISO 8601 text; of a bare wall clock as if it were UTC, which is
    near enough to count days. None for what is no time.
    """
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(aware.timestamp()) * 1_000_000
