"""Kdniao's times are wall clocks of China, without an offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))
_FORMAT = "%Y-%m-%d %H:%M:%S"


@lru_cache(maxsize=50_000)
def china_time(text: str) -> str:
    """An RFC 3339 time as China's wall clock. A time whose zone is not known stays as it is."""
    at = datetime.fromisoformat(text)
    wall = at if at.tzinfo is None else at.astimezone(CHINA).replace(tzinfo=None)
    return wall.isoformat(sep=" ", timespec="seconds")


def local_time(text: str) -> tuple[str, str | None]:
    """(wall clock at the place, its offset as `+02:00`); None where the offset is not known."""
    at = datetime.fromisoformat(text)
    offset = at.isoformat()[-6:] if at.tzinfo is not None else None
    return at.strftime(_FORMAT), offset


def china_now(now_us: int) -> str:
    return moment(now_us).strftime(_FORMAT)


def moment(at_us: int) -> datetime:
    """An instant on China's clock."""
    return datetime.fromtimestamp(at_us / 1_000_000, UTC).astimezone(CHINA)


def instant(text: str) -> datetime:
    """An RFC 3339 time as an instant; one without a zone is taken for China's."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=CHINA)


def read(text: str) -> datetime | None:
    """A time that a client sends; None if it is none."""
    try:
        return instant(text.strip())
    except ValueError:
        return None
