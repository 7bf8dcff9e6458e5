"""Signed links that expire: who holds one may see one thing until then, such as a picture."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

_MAC_BYTES = 18
LINK_HOLDS_S = 900
LONGEST_HOLD_S = 30 * 86_400


class EvidenceLinks:
    """Tokens `<tenant>.<id>.<expiry in hex>.<mac>`. `key` is secret, 32 bytes; what is made for one
    `purpose` opens nothing else.
    """

    def __init__(self, key: bytes, purpose: str = "evidence") -> None:
        self._key = key
        self._purpose = purpose

    def token(self, tenant: int, evidence: str, until_s: int) -> str:
        """A token that holds until a second since 1970."""
        said = f"{tenant}.{evidence}.{until_s:x}"
        return f"{said}.{self._mac(said)}"

    def opens(self, token: str, now_s: int) -> tuple[int, str] | None:
        """(tenant, id of the thing), or None for what is not ours or has expired."""
        said, _, mac = token.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(said).encode()):
            return None
        tenant, evidence, until = said.split(".")
        return (int(tenant), evidence) if int(until, 16) > now_s else None

    def _mac(self, said: str) -> str:
        digest = hmac.digest(self._key, f"{self._purpose}\n{said}".encode(), sha256)
        return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
