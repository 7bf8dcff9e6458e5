"""EasyPost: trackers, and webhooks with its HMAC signature."""

from __future__ import annotations

import secrets
import string

VENDOR = "easypost"
CREDENTIALS = ("api_key",)
_LETTERS = string.ascii_letters + string.digits


def make_credentials() -> tuple[str, dict[str, str]]:
    """A fresh (public id, {api_key})."""
    key = "EZAK" + "".join(secrets.choice(_LETTERS) for _ in range(54))
    return key, {"api_key": key}
