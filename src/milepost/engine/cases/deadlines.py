"""Until when a case has to be done. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from milepost.domain.case import StepError
from milepost.domain.track import Track
from milepost.engine.cases.kinds import Kind

HOUR_US = 3_600_000_000
# A day begins and ends at up to so many hours from UTC.
_ZONES = timedelta(hours=14)


def deadline(kind: Kind, fields: Mapping[str, Any], track: Track | None, now_us: int) -> int:
    """Microseconds since 1970. Raises StepError for a `day` that is over or comes after it."""
    found = _since(kind, track)
    due_us = now_us if found is None else int(found.timestamp()) * 1_000_000
    due_us += kind.deadline_h * HOUR_US
    if due_us <= now_us:  # over already: whoever opens it now is given as long again
        due_us = now_us + kind.deadline_h * HOUR_US
    _check_day(kind, fields.get("day"), now_us, due_us)
    return due_us


def _since(kind: Kind, track: Track | None) -> datetime | None:
    """When the newest event of the kind's `since` happened; None where no clock tells."""
    if kind.since is None or track is None:
        return None
    told = [one for one in track.events if one.main == kind.since and one.retracted_by is None]
    times = [datetime.fromisoformat(one.occurred_at) for one in told]
    return max((one for one in times if one.tzinfo is not None), default=None)


def _check_day(kind: Kind, day: object, now_us: int, due_us: int) -> None:
    if not day:
        return
    try:
        wanted = datetime.fromisoformat(str(day)).replace(tzinfo=UTC)
    except ValueError:
        raise StepError("'day' is a date such as 2026-11-22") from None
    if wanted + timedelta(days=1) + _ZONES < _time(now_us):
        raise StepError("'day' is over already")
    latest = _time(due_us)
    if kind.since is not None and wanted - _ZONES > latest:
        raise StepError(f"'day' lies after the {kind.deadline_h} hours: {latest.date()} at most")


def _time(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us / 1_000_000, UTC)
