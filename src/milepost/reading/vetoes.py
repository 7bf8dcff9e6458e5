"""The last lock on what ends a road, the costliest to be wrong about.

Rules say what a text looks like; `veto.toml` says what no delivery looks like: one denied, wished
for or announced, one to a company instead of a person, and the words of a page. And it says what
is no return that has come to its end.
"""

from __future__ import annotations

import re
from importlib.resources import files

from .rulefiles import WORDS, expand, read_toml

_KINDS = {"delivered": ("denied", "elsewhere", "heading"), "returned": ("unfinished",)}
_LATIN = re.compile(r"[a-z]")


def _compile(kinds: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    """A pattern for each final status that the language has something to say about."""
    if unknown := set(kinds) - {kind for known in _KINDS.values() for kind in known}:
        raise ValueError(f"veto: no such kinds: {sorted(unknown)}")
    rows = {main: [row for kind in _KINDS[main] for row in kinds.get(kind, ())] for main in _KINDS}
    return {
        main: re.compile("|".join(expand(row, WORDS, "veto") for row in found))
        for main, found in rows.items()
        if found
    }


_TABLE: dict[str, dict[str, list[str]]] = read_toml(files(__package__) / "veto.toml")
_VETOES = {language: _compile(kinds) for language, kinds in _TABLE.items()}
LANGUAGES = frozenset(_VETOES)


def vetoed(language: str, text: str, main: str = "delivered") -> bool:
    """Whether the normalised `text`, read as `main` by a rule of `language`, tells of no such end.

    English is every carrier's second language, so its veto binds every text with Latin letters.
    """
    asked = [language] if language == "en" or not _LATIN.search(text) else [language, "en"]
    patterns = [_VETOES.get(one, {}).get(main) for one in asked]
    return any(pattern is not None and pattern.search(text) for pattern in patterns)
