"""17TRACK's webhook signature. Pure."""

from __future__ import annotations

from hashlib import sha256


def sign(body: bytes, key: str) -> str:
    """The header `sign`: SHA-256 in hexadecimal digits of body, a slash and the key."""
    return sha256(body + b"/" + key.encode()).hexdigest()
