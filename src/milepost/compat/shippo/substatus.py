"""Our statuses in Shippo's words: a status and a substatus with its text."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from milepost.compat.core import load_statuses


class Substatus(Struct, frozen=True):
    """`action_required`: sender or recipient have to do something."""

    text: str
    action_required: bool = False


def _read() -> dict[str, Substatus]:
    text = (files(__package__) / "substatuses.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["substatus"], dict[str, Substatus])


TABLE = load_statuses(str(__package__))
SUBSTATUSES = _read()


def status_of(sub: str) -> str:
    """The status of one of our subs, such as `TRANSIT`."""
    return TABLE.code(sub).partition("/")[0]


def substatus_of(sub: str) -> dict[str, Any]:
    """The `substatus` object of one of our subs."""
    code = TABLE.code(sub).partition("/")[2]
    found = SUBSTATUSES[code]
    return {"code": code, "text": found.text, "action_required": found.action_required}
