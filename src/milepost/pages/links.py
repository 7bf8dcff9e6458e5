"""Proof that a reader may see what is personal: signed links. Codes: `engine.onetime`."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

_MAC_BYTES = 15
# What a redeemed one-time code opens, for how long.
CODE_OPENS_S = 86_400
LINK_HOLDS_S = 60 * 86_400


class Links:
    """Tokens `<expiry in hex>.<mac>`; who holds one may see one number of one tenant until then.

    `key` is secret, 32 bytes; `now_s` is the clock in seconds since 1970.
    """

    def __init__(self, key: bytes, now_s: Callable[[], int]) -> None:
        self._key = key
        self._now_s = now_s

    def token(self, tenant: int, number: str, holds_s: int = LINK_HOLDS_S) -> tuple[str, int]:
        """The token and the second at which it ends."""
        until = self._now_s() + holds_s
        return f"{until:x}.{self._mac('link', tenant, number, until)}", until

    def proves(self, tenant: int, number: str, token: str) -> bool:
        """Whether it is a token of ours for that number and still holds."""
        expiry, _, mac = token.partition(".")
        try:
            until = int(expiry, 16)
        except ValueError:
            return False
        fits = hmac.compare_digest(mac.encode(), self._mac("link", tenant, number, until).encode())
        return fits and until > self._now_s()

    def _mac(self, what: str, tenant: int, number: str, until: int) -> str:
        text = f"{what}\n{tenant}\n{number}\n{until}".encode()
        digest = hmac.new(self._key, text, sha256).digest()
        return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()


def key_from(master: Path) -> bytes:
    """The key of links, derived from the installation's master key file."""
    return hmac.new(master.read_bytes(), b"milepost buyer links", sha256).digest()
