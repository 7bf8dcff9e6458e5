"""What a browser's token of one sign-in stands for.

State, nonce and PKCE verifier are derived from the token in the browser's cookie, so no process
has to remember them, and whoever reads the store learns none of them.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256


def derived(token: str, purpose: str) -> str:
    """43 letters of base64url: as long as a PKCE verifier has to be (RFC 7636)."""
    return _text(hmac.new(token.encode(), purpose.encode(), sha256).digest())


def state_of(token: str) -> str:
    return derived(token, "state")


def nonce_of(token: str) -> str:
    return derived(token, "nonce")


def verifier_of(token: str) -> str:
    return derived(token, "verifier")


def challenge_of(token: str) -> str:
    """What the provider is told of the verifier (S256)."""
    return _text(sha256(verifier_of(token).encode()).digest())


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
