"""What the words of a scan say of being in its container; the table is `loading.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

Said = Literal["add", "remove", "out", "seen"]


class _Doing(Struct, frozen=True):
    containment: Said
    code: str
    words: list[str]


class _Text(Struct, frozen=True):
    containment: Said | Literal["none"]
    say: list[str]


class _Table(Struct, frozen=True):
    doing: list[_Doing]
    mains: dict[str, Said]
    text: list[_Text]


_table = msgspec.convert(
    tomllib.loads((files(__package__) / "loading.toml").read_text("utf-8")), _Table
)
_TEXTS = [(one.containment, re.compile("|".join(one.say), re.IGNORECASE)) for one in _table.text]


def said_of(action: str | None, code: str | None, text: str | None, main: str) -> Said:
    """What a scan says: its action first, then its code, its text, and at last its status."""
    for word in (action, code):
        doing = _DOING.get(_same(word)) if word else None
        if doing is not None:
            return doing.containment
    return (_read(text) if text else None) or _table.mains.get(main, "seen")


def status_of(word: str) -> str | None:
    """The canonical sub status that an action gives; None for what is no action."""
    doing = _DOING.get(_same(word))
    return None if doing is None else doing.code


@lru_cache(maxsize=4_096)
def _read(text: str) -> Said | None:
    for containment, pattern in _TEXTS:
        if pattern.search(text):
            return None if containment == "none" else containment
    return None


def _same(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word).casefold()


_DOING = {_same(word): doing for doing in _table.doing for word in doing.words}
