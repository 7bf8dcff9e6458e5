"""Who is speaking: a parcel "handed over to GLS" is given away, unless GLS itself says so."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from msgspec.structs import replace

from .normalise import fold
from .rulebook import Rule
from .rulefiles import read_toml

_ROWS: list[dict[str, Any]] = read_toml(files(__package__) / "speakers.toml")["speaker"]
_TO = "(?:to|an|a|au|aan|til|till|给|至|由|付|交)(?: (?:the|den|die|das|la|le))? ?"
_NAMES: dict[str, re.Pattern[str]] = {
    key: re.compile(rf"{_TO}(?:{fold(row['names'])})(?![a-z])")
    for row in _ROWS
    for key in row["keys"]
}


def own_hands(rule: Rule, text: str, carrier: str | None) -> Rule:
    """`rule`, or its picked-up twin where the partner named in the text is the speaker itself."""
    if rule.sub != "in_transit.handed_to_partner" or carrier is None:
        return rule
    names = _NAMES.get(carrier.lower().replace("-", "_"))
    if names is None or not names.search(text):
        return rule
    return replace(rule, name=f"{rule.name}.own_hands", sub="picked_up")
