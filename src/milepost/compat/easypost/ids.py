"""EasyPost's ids: a prefix and 32 hexadecimal digits that hold our number."""

from __future__ import annotations

TRACKER, WEBHOOK, EVENT = "trk", "hook", "evt"


def id_of(kind: str, number: int) -> str:
    """The id of our `number`."""
    return f"{kind}_{number:032x}"


def number_of(kind: str, given: str) -> int | None:
    """Our number behind an id, None if it cannot be one of ours."""
    prefix, _, digits = given.partition("_")
    if prefix != kind or len(digits) != 32:
        return None
    try:
        number = int(digits, 16)
    except ValueError:
        return None
    return number if number < 2**63 else None
