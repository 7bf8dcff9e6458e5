"""Times as Shippo writes them: UTC with a `Z`. Its typed clients refuse an answer in which a time
has no zone, so one whose zone nobody knows stands in a field of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=50_000)
def utc(text: str) -> str | None:
    """A Track's time, None where its zone is unknown."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        return None
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def field(name: str, text: str | None) -> dict[str, str | None]:
    """A time under its name; one without a zone as it was told, under `name_local`."""
    at = utc(text) if text else None
    return {name: at, f"{name}_local": text} if text and at is None else {name: at}


def of_us(at_us: int) -> str:
    """Microseconds since 1970."""
    return f"{datetime.fromtimestamp(at_us // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
