"""Safe steps through decoded JSON: a wrong type on the way is an absent value, never an error."""

from __future__ import annotations

import math
from typing import Any

# The first and the last of a list of one are the one.
_ENDS = frozenset({"0", "-1"})


def dig(data: Any, path: str) -> Any:
    """The value at `a.b.0.c`; a number steps into a list. None where the path breaks.

    One thing alone is a list of one, and a list of one the thing itself: senders that convert from
    XML write either.
    """
    for step in path.split("."):
        data = _step(data, step)
        if data is None:
            return None
    return data


def _step(data: Any, step: str) -> Any:
    alone = data if step in _ENDS else None
    if isinstance(data, dict):
        return data.get(step, alone)
    if not isinstance(data, list):
        return alone
    if step.lstrip("-").isdecimal():
        return data[int(step)] if -len(data) <= int(step) < len(data) else None
    return data[0].get(step) if len(data) == 1 and isinstance(data[0], dict) else None


def text_of(data: Any, *paths: str) -> str | None:
    """The first of the paths that holds text (trimmed, not empty) or a number, as text."""
    for path in paths:
        value = as_text(dig(data, path))
        if value:
            return value
    return None


def as_text(value: Any) -> str | None:
    """A string or number as trimmed text; None for all else and for what is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def number_of(data: Any, *paths: str) -> float | None:
    """The first of the paths that holds a finite number, given as such or as text."""
    for path in paths:
        value = as_text(dig(data, path))
        try:
            number = float(value) if value else math.nan
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    return None


def integer_of(data: Any, *paths: str) -> int | None:
    """Like `number_of`, rounded."""
    number = number_of(data, *paths)
    return None if number is None else round(number)


def rows_of(data: Any, *paths: str) -> list[Any]:
    """The first of the paths that holds a list or an object; one object alone is a list of one
    (senders that convert from XML write a single element without its list).
    """
    for path in paths:
        value = dig(data, path)
        if isinstance(value, list):
            return value
        if isinstance(value, dict):
            return [value]
    return []


def object_of(data: Any, *paths: str) -> dict[str, Any]:
    """The first of the paths that holds an object, else an empty one."""
    for path in paths:
        value = dig(data, path)
        if isinstance(value, dict):
            return value
    return {}
