"""Our statuses in Kuaidi100's words, read once from `statuses.toml` and `codes.toml`."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.compat.core import load_statuses


class Code(Struct, frozen=True):
    """An advanced code: its basic `state` and its name in Chinese and English."""

    state: str
    name: str
    english: str


class _Codes(Struct, forbid_unknown_fields=True):
    nearest: dict[str, str]
    code: dict[str, Code]


def _read() -> _Codes:
    text = (files(__package__) / "codes.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Codes)


_codes = _read()
TABLE = load_statuses(str(__package__))
CODES: dict[str, Code] = _codes.code


@lru_cache(maxsize=256)
def status_code(sub: str) -> str:
    """The `statusCode` of one of our subs; empty where Kuaidi100 has none ("unknown")."""
    code = _codes.nearest.get(sub) or TABLE.code(sub)
    return code if code in CODES else ""


def state(sub: str) -> str:
    """The basic `state` of one of our subs; empty where Kuaidi100 has none."""
    code = CODES.get(status_code(sub))
    return code.state if code else ""


def name(code: str, *, english: bool = False) -> str:
    """The name of a code, empty for none."""
    found = CODES.get(code)
    if found is None:
        return ""
    return found.english if english else found.name
