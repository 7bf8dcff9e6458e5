"""EasyPost's ids: a prefix and 32 hexadecimal digits that hold one number of ours, or two."""

from __future__ import annotations

TRACKER, WEBHOOK, EVENT, PAYLOAD, USER = "trk", "hook", "evt", "payload", "user"
_MOST = 2**63


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
    return number if number < _MOST else None


def pair_id(kind: str, one: int, other: int) -> str:
    """An event is a watch and a moment, a payload a delivery and the attempt."""
    return f"{kind}_{one:016x}{other:016x}"


def pair_of(kind: str, given: str) -> tuple[int, int] | None:
    """Both numbers behind an id, None if it cannot be one of ours."""
    prefix, _, digits = given.partition("_")
    if prefix != kind or len(digits) != 32:
        return None
    try:
        one, other = int(digits[:16], 16), int(digits[16:], 16)
    except ValueError:
        return None
    return (one, other) if max(one, other) < _MOST else None
