"""Times as EasyPost writes them: UTC with a `Z`; a time whose zone nobody knows has none."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=50_000)
def utc(text: str) -> str:
    """A Track's time. A bare date is its midnight without a zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        return at.isoformat(timespec="seconds")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def of_us(at_us: int) -> str:
    """Microseconds since 1970."""
    return f"{datetime.fromtimestamp(at_us // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def local(text: str) -> tuple[str, str]:
    """(date, time of day) on the clock of the place."""
    at = datetime.fromisoformat(text)
    return f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"
