"""Kuaidi100 (快递100): queries, subscriptions with signed pushes, identification, arrival."""

from __future__ import annotations

import secrets
import string

from milepost.compat.kuaidi100 import sign

VENDOR = "kuaidi100"
CREDENTIALS = ("customer", "key", "secret")
_LETTERS = string.ascii_letters + string.digits


def make_credentials() -> tuple[str, dict[str, str]]:
    """A fresh (public id, {customer, key, secret})."""
    key = "".join(secrets.choice(_LETTERS) for _ in range(24))
    customer = sign.customer_of(key)
    return customer, {"customer": customer, "key": key, "secret": secrets.token_hex(16)}
