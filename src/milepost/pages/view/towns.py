"""Towns by the names that a reader can read."""

from __future__ import annotations

import re
from functools import lru_cache

from milepost.domain.place import Place
from milepost.places import locate

HAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_READ_HAN = ("zh", "ja", "ko")


def reads_han(locale: str) -> bool:
    return locale[:2] in _READ_HAN


def town(city: str | None, country: str | None, locale: str) -> str | None:
    """The town's Latin name for who reads no Han, where it is known for sure; else as given."""
    if city is None or reads_han(locale) or not HAN.search(city):
        return city
    return _latin(city, country) or city


@lru_cache(4096)
def _latin(city: str, country: str | None) -> str | None:
    """Asked by its name alone: with a position, the place is taken at its own word."""
    found = locate(Place(city=city, country=country))
    named = found.city if found is not None else None
    return None if named is None or HAN.search(named) else named
