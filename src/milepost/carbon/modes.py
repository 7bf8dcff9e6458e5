"""Which vehicle took a parcel from one place to the next, where nobody says it outright."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple, cast

from milepost.carbon.model import Mode

# Across a border a parcel is taken to have flown from so many metres on.
_FLIES_FROM_M = 1_500_000
# The last metres in one town are a van's.
_VAN_UP_TO_M = 60_000


class Hop(NamedTuple):
    """From one known place to the next; `last`: it ends at the consignee's door."""

    origin_country: str | None
    destination_country: str | None
    direct_m: int
    texts: tuple[str, ...]
    service: str | None
    last: bool


class Taken(NamedTuple):
    """The mode, and whether it is only assumed."""

    mode: Mode
    assumed: bool


def mode_of(hop: Hop) -> Taken:
    """By the words of the scans, else of the service, else by distance and borders."""
    abroad = hop.origin_country != hop.destination_country
    if hop.last and hop.direct_m <= _VAN_UP_TO_M and not abroad:
        return Taken("van", True)
    for texts in (hop.texts, (hop.service or "",)):
        found = _named(texts)
        if found is not None and _possible(found, hop, abroad=abroad):
            return Taken(found, False)
    return Taken(_likely(hop, abroad=abroad), True)


def _named(texts: Iterable[str]) -> Mode | None:
    text = "\n".join(texts).casefold()
    return next((mode for mode, words in _words() if words.search(text)), None) if text else None


def _possible(mode: Mode, hop: Hop, *, abroad: bool) -> bool:
    """An airport's town in a text does not make a flight of a way across it."""
    if mode in ("air", "sea", "rail"):
        return abroad or hop.direct_m > 300_000
    return True


def _likely(hop: Hop, *, abroad: bool) -> Mode:
    if not abroad:
        return "van" if hop.last and hop.direct_m <= _VAN_UP_TO_M else "road"
    ends = {hop.origin_country, hop.destination_country}
    if ends & _table()["islands"] or hop.direct_m >= _FLIES_FROM_M:
        return "air"
    return "road"


@cache
def _table() -> dict[str, frozenset[str]]:
    islands = _file()["islands"]
    return {name: frozenset(codes) for name, codes in (("islands", islands["countries"]),)}


@cache
def _words() -> list[tuple[Mode, re.Pattern[str]]]:
    modes = {name: one["words"] for name, one in _file().items() if "words" in one}
    return [(cast(Mode, name), _pattern(words)) for name, words in modes.items()]


def _pattern(words: list[str]) -> re.Pattern[str]:
    parts = (rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words)
    return re.compile("|".join(parts))


@cache
def _file() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files(__package__) / "data" / "modes.toml").read_text("utf-8"))
