"""Shippo: tracks, and webhooks with its HMAC signature."""

from __future__ import annotations

import secrets

VENDOR = "shippo"
CREDENTIALS = ("token",)


def make_credentials() -> tuple[str, dict[str, str]]:
    """A fresh (public id, {token})."""
    token = "shippo_live_" + secrets.token_hex(20)
    return token, {"token": token}
