"""The phone that stands in the text of an address outside China."""

from __future__ import annotations

import re

_LABELLED = re.compile(
    r"(?:^|(?<=[\s,;|(]))(?:tel(?:e(?:fon|phone|fono|fone))?|phone|ph|mob(?:ile)?|cell|contact|"
    r"celular|m[óo]vil|handy|тел|电话|手机|電話|携帯|전화|휴대폰|연락처|โทร)\s*[.:：#]*\s*(?=[+(\d])"
    r"(?P<number>\+?[\d ()./-]{4,20}\d)",
    re.IGNORECASE,
)
# Without a word before it only what can be nothing else: with its plus, or as people there write
# their numbers.
_BARE = re.compile(
    r"(?<![\w-])(?P<number>\+\d{1,3}[ .-]?\(?\d[\d ().-]{5,14}\d|\(\d{3}\) ?\d{3}-\d{4}|"
    r"\d{3}-\d{3}-\d{4}|0\d{1,3}-\d{3,4}-\d{4}|[6-9]\d{9})(?![\w-])"
)
_EDGE = " ,;|."


def take_phone(text: str) -> tuple[str, str | None]:
    """The text without it, and the number as written; None where there is none."""
    found = _LABELLED.search(text) or _BARE.search(text)
    if found is None:
        return text, None
    before, after = text[: found.start()].rstrip(_EDGE), text[found.end() :].lstrip(_EDGE)
    joint = ", " if before and after else ""
    return f"{before}{joint}{after}", found["number"].strip()
