"""Times as Kuaidi100 writes them: a wall clock without an offset.

In China that clock is Beijing's, abroad it is the place's own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from milepost.domain.place import Place

BEIJING = timezone(timedelta(hours=8))
_AT_HOME = {None, "CN", "HK", "MO", "TW"}


def read(text: str) -> datetime:
    """A time of a Track: with its offset, or without one where none is known."""
    return datetime.fromisoformat(text)


def wall(text: str, place: Place | None = None) -> str:
    """`yyyy-MM-dd HH:mm:ss` for the time of an event at a place."""
    return _written(text, place is not None and place.country not in _AT_HOME)


@lru_cache(maxsize=50_000)
def _written(text: str, abroad: bool) -> str:
    at = read(text)
    if at.tzinfo is not None and not abroad:
        at = at.astimezone(BEIJING)
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def parse(text: str | None) -> datetime | None:
    """What a client wrote, in Beijing's time; None if it is no time."""
    try:
        at = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return at.replace(tzinfo=BEIJING) if at.tzinfo is None else at


def us_of(text: str) -> int:
    """Microseconds since 1970 of a time of a Track; one without an offset counts as Beijing's."""
    at = read(text)
    return int((at if at.tzinfo else at.replace(tzinfo=BEIJING)).timestamp() * 1_000_000)


def beijing(now_us: int) -> datetime:
    """Now, in Beijing's time."""
    return datetime.fromtimestamp(now_us // 1_000_000, UTC).astimezone(BEIJING)


def span(length: timedelta) -> str:
    """A length of time in days and hours; never negative."""
    hours = max(0, int(length.total_seconds() // 3600))
    return f"{hours // 24}天{hours % 24}小时"
