"""The last lock on `delivered`, the costliest status to be wrong about.

Rules say what a text looks like; `veto.toml` says what no delivery looks like: one denied, wished
for or announced, one to a company instead of a person, and the words of a page.
"""

from __future__ import annotations

import re
from importlib.resources import files

from .normalise import fold
from .rulefiles import read_toml

_KINDS = ("denied", "elsewhere", "heading")
_LATIN = re.compile(r"[a-z]")


def _compile(kinds: dict[str, list[str]]) -> re.Pattern[str]:
    if set(kinds) - set(_KINDS):
        raise ValueError(f"veto: no such kind among {sorted(kinds)}")
    return re.compile("|".join(fold(row) for rows in kinds.values() for row in rows))


_TABLE: dict[str, dict[str, list[str]]] = read_toml(files(__package__) / "veto.toml")
_VETOES = {language: _compile(kinds) for language, kinds in _TABLE.items()}
LANGUAGES = frozenset(_VETOES)


def vetoed(language: str, text: str) -> bool:
    """Whether the normalised `text`, read by a rule of `language`, speaks of no delivery made.

    English is every carrier's second language, so its veto binds every text with Latin letters.
    """
    own = _VETOES.get(language)
    if own is not None and own.search(text):
        return True
    return language != "en" and bool(_LATIN.search(text)) and bool(_VETOES["en"].search(text))
