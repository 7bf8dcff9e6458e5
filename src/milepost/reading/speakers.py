"""Who is speaking: a parcel "handed over to GLS" is given away, unless GLS itself says so."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

from msgspec.structs import replace

from .normalise import fold
from .rulebook import Rule
from .rulefiles import read_toml

# A name is at most so many words of a text.
_LONGEST = 4
_ROWS: list[dict[str, Any]] = read_toml(files(__package__) / "speakers.toml")["speaker"]
_TO = "(?:to|an|a|au|aan|til|till|给|至|由|付|交)(?: (?:the|den|die|das|la|le))? ?"
_NAMES: dict[str, re.Pattern[str]] = {
    key: re.compile(rf"{_TO}(?:{fold(row['names'])})(?![a-z])")
    for row in _ROWS
    for key in row["keys"]
}
_NAMED = re.compile(
    rf"\b(?:handed|given|tendered|transferred|ubergeben|remise?|entreg\w+|consegnat\w) (?:over )?"
    rf"{_TO}([a-z0-9][a-z0-9 ]+)"
)
_GIVEN = Rule("en.in_transit.handed_to_partner", "in_transit.handed_to_partner", 0, ())


def own_hands(rule: Rule | None, text: str, carrier: str) -> Rule | None:
    """`rule`, or its picked-up twin where the partner named in the text is the speaker itself.

    A name that no rule knows is read too, if it is the speaker's.
    """
    if rule is not None and rule.sub != "in_transit.handed_to_partner":
        return rule
    key = carrier.lower().replace("-", "_")
    names = _NAMES.get(key)
    if rule is not None and names is not None:
        return _taken(rule) if names.search(text) else rule
    return _taken(rule or _GIVEN) if _is_named(key, text) else rule


def _taken(rule: Rule) -> Rule:
    return replace(rule, name=f"{rule.name}.own_hands", sub="picked_up")


def _is_named(key: str, text: str) -> bool:
    """Whether the parcel is given to words that together are the carrier's key."""
    name = key.replace("_", "")
    starts = [match[1].split()[:_LONGEST] for match in _NAMED.finditer(text)]
    return any(
        "".join(words[:count]) == name for words in starts for count in range(1, len(words) + 1)
    )
