"""Kdniao (快递鸟): its system-level instructions, sub by sub, from https://www.kdniao.com/documents."""

from __future__ import annotations

import secrets
from uuid import uuid4

VENDOR = "kdniao"
CREDENTIALS = ("EBusinessID", "ApiKey")


def make_credentials() -> tuple[str, dict[str, str]]:
    """(EBusinessID, both fields); an EBusinessID has ten characters at most."""
    business_id = str(secrets.choice("123456789")) + f"{secrets.randbelow(10**9):09d}"
    return business_id, {"EBusinessID": business_id, "ApiKey": str(uuid4())}
