"""Shippo's webhook signature: over the time of sending, a dot and the body."""

from __future__ import annotations

import hmac

HEADER = "Shippo-Auth-Signature"


def of_body(body: bytes, secret: str, at_s: int) -> str:
    """The header's value. `at_s`: seconds since 1970, so that a receiver can refuse old ones."""
    signed = str(at_s).encode() + b"." + body
    digest = hmac.new(secret.encode(), signed, "sha256").hexdigest()
    return f"t={at_s},v1={digest}"
