"""What we call a column, whatever language its file is in; see `columns.toml`."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_LONGEST_NAME = 200


def meaning_of(name: object, of: str = "shipment") -> str | None:
    """What we call a column of this name, however it is written: `Tracking-No.` too. `of`: whether
    it says something of the `shipment`, or of its `consignee`.
    """
    return _meaning(str(name or "")[:_LONGEST_NAME], of)


# A file has the same names in each of its rows.
@lru_cache(1_024)
def columns_of(names: tuple[object, ...], of: str = "shipment") -> tuple[tuple[Any, str], ...]:
    """Those of a row's columns that mean something, each with what we call it."""
    told = ((name, meaning_of(name, of)) for name in names)
    return tuple((name, meaning) for name, meaning in told if meaning is not None)


@cache
def meanings(of: str = "shipment") -> tuple[str, ...]:
    """All that a column can mean."""
    return tuple(_columns()[of])


@lru_cache(8_192)
def _meaning(name: str, of: str) -> str | None:
    return _known(of).get(_plain(name))


@cache
def _known(of: str) -> dict[str, str]:
    return {_plain(alias): name for name, aliases in _columns()[of].items() for alias in aliases}


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(one for one in folded if one.isalnum())


@cache
def _columns() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files(__package__) / "columns.toml").read_text("utf-8"))
