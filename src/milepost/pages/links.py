"""Proofs that a reader may see a parcel's personal data: signed links and one-time codes."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

_MAC_BYTES = 15
_CODE_EVERY_S = 600
_CODE_DIGITS = 6
_MOST_ATTEMPTS = 5
_MOST_WATCHED = 10_000
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
        self._attempts: dict[tuple[int, str, int], int] = {}

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

    def code(self, tenant: int, number: str) -> str:
        """The one-time code of this moment: six digits that hold for ten to twenty minutes."""
        return self._code(tenant, number, self._window())

    def redeem(self, tenant: int, number: str, code: str) -> str | None:
        """A token for the right code; None for a wrong one, and after five wrong ones in a row."""
        window = self._window()
        if len(self._attempts) > _MOST_WATCHED:
            self._attempts = {key: n for key, n in self._attempts.items() if key[2] == window}
        key = (tenant, number, window)
        self._attempts[key] = self._attempts.get(key, 0) + 1
        if self._attempts[key] > _MOST_ATTEMPTS:
            return None
        for one in (window, window - 1):
            if hmac.compare_digest(code.encode(), self._code(tenant, number, one).encode()):
                return self.token(tenant, number, CODE_OPENS_S)[0]
        return None

    def _window(self) -> int:
        return self._now_s() // _CODE_EVERY_S

    def _code(self, tenant: int, number: str, window: int) -> str:
        text = f"code\n{tenant}\n{number}\n{window}".encode()
        digest = hmac.new(self._key, text, sha256).digest()
        return f"{int.from_bytes(digest[:8], 'big') % 10**_CODE_DIGITS:0{_CODE_DIGITS}}"

    def _mac(self, what: str, tenant: int, number: str, until: int) -> str:
        text = f"{what}\n{tenant}\n{number}\n{until}".encode()
        digest = hmac.new(self._key, text, sha256).digest()
        return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()


def key_from(master: Path) -> bytes:
    """The key of links, derived from the installation's master key file."""
    return hmac.new(master.read_bytes(), b"milepost buyer links", sha256).digest()
