"""Bodies of calls, as several dialects read them."""

from __future__ import annotations

from typing import Any

import msgspec


class NotJsonError(ValueError):
    """The body is no JSON at all."""


class NotAnObjectError(ValueError):
    """The body is JSON, but no object."""


def object_of(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; none at all counts as an empty one."""
    if not body.strip():
        return {}
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotJsonError from None
    if not isinstance(found, dict):
        raise NotAnObjectError
    return found
