"""Signatures after Standard Webhooks.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64


def new_secret() -> str:
    """A fresh secret of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises ValueError for what is no secret."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"secret: must begin with {PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"secret: what follows {PREFIX} must be base64") from None
    if not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"secret: must hold {SHORTEST} to {LONGEST} bytes")
    return key


def headers_of(keys: Sequence[str], message: str, at_s: int, body: bytes) -> dict[str, str]:
    """The three headers; one signature for each secret, so that receivers may know any of them."""
    signed = f"{message}.{at_s}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(_signature(key_of(key), signed) for key in keys),
    }


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
