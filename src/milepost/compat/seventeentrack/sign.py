"""17TRACK's webhook signature. Pure."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec


def sign(body: bytes, key: str) -> str:
    """The header `sign`: SHA-256 in hexadecimal digits of body, a slash and the key."""
    return sha256(body + b"/" + key.encode()).hexdigest()


def sign_of_v1(message: dict[str, Any], key: str) -> str:
    """The first version's, which stands in the body: of event, data as JSON and key."""
    data = msgspec.json.encode(message["data"])
    return sha256(b"/".join((message["event"].encode(), data, key.encode()))).hexdigest()
