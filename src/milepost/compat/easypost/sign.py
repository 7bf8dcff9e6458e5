"""EasyPost's webhook signature."""

from __future__ import annotations

import hmac
import unicodedata

HEADER = "X-Hmac-Signature"


def of_body(body: bytes, secret: str) -> str:
    """The header's value over the body as it is sent."""
    key = unicodedata.normalize("NFKD", secret).encode()
    return "hmac-sha256-hex=" + hmac.new(key, body, "sha256").hexdigest()
