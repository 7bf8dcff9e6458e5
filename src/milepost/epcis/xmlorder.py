"""In which order XML wants the standard's own fields."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

_table = tomllib.loads(resources.files(__package__).joinpath("xmlorder.toml").read_text("utf-8"))
KINDS = frozenset(_table["beginning"])


@cache
def order_of(kind: str) -> tuple[str, ...]:
    """The fields of one of the standard's event types."""
    first = [*_table["common"], *_table["beginning"][kind]]
    return (*first, *(name for name in _table["ending"] if name not in first))


def misplaced(kind: str, names: Iterable[str]) -> tuple[str, str] | None:
    """The first of the fields that stands behind one that has to come after it, and that one."""
    places = {name: place for place, name in enumerate(order_of(kind))}
    last = ""
    for name in names:
        if name in places:
            if last and places[name] < places[last]:
                return name, last
            last = name
    return None
