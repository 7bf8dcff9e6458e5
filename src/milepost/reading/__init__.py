"""Reading scan texts: what a carrier's sentence says, where, and what in it is personal.

Pure and without state: the same text always gives the same reading. What a text does not tell
is `unknown`, never guessed.
"""

from __future__ import annotations

from milepost.domain.status import main_of

from .decide import decide
from .normalise import normalise
from .opinion import warm
from .personal import find_personal, mask
from .places import find_places
from .result import Personal, Reading

__all__ = ["Personal", "Reading", "find_personal", "mask", "read", "warm"]


def read(text: str, *, carrier: str | None = None, code: str | None = None) -> Reading:
    """The status, place, next place and personal data in one scan text.

    `carrier` (a slug) adds that carrier's own rules. `code` only breaks a tie between rules of
    equal rank. Never raises, whatever the text; only its first part is read.
    """
    rule = decide(normalise(text), carrier, code)
    personal = find_personal(text)
    if rule is None or main_of(rule.sub) == "unknown":
        sub = rule.sub if rule and rule.sub != "unknown" else None
        return Reading("unknown", sub, personal=personal, rule=rule.name if rule else None)
    main = main_of(rule.sub)
    place, city, following = find_places(text, personal, main)
    return Reading(main, rule.sub, place, city, following, personal, rule.name)
