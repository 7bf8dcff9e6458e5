"""Ids of trackings: 32 hexadecimal digits, and 24 as v4 had them. Pure.

The last 16 are the number under which the tracking is kept; those before are drawn from it and
the tenant, so that nobody counts another's trackings or tries them one by one.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from milepost.engine.dialects import Watch

_HEX = re.compile(r"[0-9a-f]{24}|[0-9a-f]{32}")
# What stands in a path without being quoted: clients do not quote it.
_OWN = re.compile(r"[^\x00-\x20/?#%]{1,128}")


def id_of(watch: Watch) -> str:
    """The id that clients see: their own, where they gave one."""
    own = watch.options.get("id")
    return own if isinstance(own, str) else f"{_mark(watch.tenant, watch.id, 8)}{watch.id:016x}"


def legacy_id_of(watch: Watch) -> str:
    """The id as v4 had it."""
    return f"{_mark(watch.tenant, watch.id, 4)}{watch.id:016x}"


def kept_under(tenant: int, text: str) -> int | None:
    """The number behind an id, None if it is no id of this tenant."""
    if _HEX.fullmatch(text) is None:
        return None
    number = int(text[-16:], 16)
    return number if text[:-16] == _mark(tenant, number, len(text) // 2 - 8) else None


def is_made(text: str) -> bool:
    """Whether a text has the form of the ids that we make."""
    return _HEX.fullmatch(text) is not None


def may_be_own(text: str) -> bool:
    """Whether a client may choose this id."""
    return _OWN.fullmatch(text) is not None


def _mark(tenant: int, number: int, size: int) -> str:
    return blake2b(f"aftership/{tenant}/{number}".encode(), digest_size=size).hexdigest()
