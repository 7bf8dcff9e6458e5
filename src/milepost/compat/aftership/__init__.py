"""AfterShip: the tracking API of versions 2023-10 to 2026-07 and v4, and its webhooks."""

from __future__ import annotations

import secrets

VENDOR = "aftership"
CREDENTIALS = ("api_key", "api_secret")


def make_credentials() -> tuple[str, dict[str, str]]:
    """A fresh (public id, {api_key, api_secret})."""
    key = f"asat_{secrets.token_hex(16)}"
    return key, {"api_key": key, "api_secret": secrets.token_hex(32)}
