"""17TRACK v2.2 and v2.4: registered numbers, their tracks, and webhooks signed with the token."""

from __future__ import annotations

import secrets

VENDOR = "seventeentrack"
CREDENTIALS = ("token",)


def make_credentials() -> tuple[str, dict[str, str]]:
    """A fresh (public id, {token}): the token opens the API and signs the webhooks."""
    token = secrets.token_hex(16).upper()
    return token, {"token": token}
