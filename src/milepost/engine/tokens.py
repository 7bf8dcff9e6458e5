"""Addresses of buyers without the addresses: blind indexes, and tokens for links in letters."""

from __future__ import annotations

import hmac
import re
import unicodedata
from base64 import urlsafe_b64encode
from hashlib import sha256

_MAC_BYTES = 18


class Tokens:
    """All under one secret key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, purpose: str, subscription: int) -> str:
        """`<subscription in hex>.<mac>`: whoever holds it got the letter."""
        return f"{subscription:x}.{self._mac(purpose, subscription)}"

    def read(self, purpose: str, token: str) -> int | None:
        """The subscription of a token of ours; None for any other."""
        number, _, mac = token.partition(".")
        if not re.fullmatch(r"[0-9a-f]{1,15}", number):
            return None
        wanted = self._mac(purpose, int(number, 16))
        return int(number, 16) if hmac.compare_digest(mac.encode(), wanted.encode()) else None

    def blind(self, tenant: int, kind: str, value: str) -> bytes:
        """What stands for an address where it is counted and found again."""
        text = f"address\n{tenant}\n{kind}\n{same(kind, value)}".encode()
        return hmac.digest(self._key, text, sha256)[:16]

    def seal_of(self, *parts: object) -> bytes:
        """A keyed hash of anything short."""
        return hmac.digest(self._key, "\n".join(map(str, parts)).encode(), sha256)[:16]

    def _mac(self, purpose: str, subscription: int) -> str:
        digest = hmac.digest(self._key, f"{purpose}\n{subscription}".encode(), sha256)
        return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()


def same(kind: str, value: str) -> str:
    """One spelling of an address."""
    folded = unicodedata.normalize("NFKC", value).strip()
    return folded if kind == "push" else folded.casefold()
