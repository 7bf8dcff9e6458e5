"""Safe steps through decoded JSON: a wrong type on the way is an absent value, never an error."""

from __future__ import annotations

import math
from typing import Any


def dig(data: Any, path: str) -> Any:
    """The value at `a.b.0.c`; a number steps into a list. None where the path breaks."""
    for step in path.split("."):
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.lstrip("-").isdecimal():
            index = int(step)
            data = data[index] if -len(data) <= index < len(data) else None
        else:
            return None
    return data


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
