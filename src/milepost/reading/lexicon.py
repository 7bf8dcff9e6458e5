"""Ideas and their stems: read from `stems/*.toml`, one file a language, and `compose.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from msgspec import Struct

from milepost.domain.status import STATUSES, main_of

from .normalise import fold
from .rulebook import Rule
from .rulefiles import read_toml

_FOLDER = files(__package__) / "stems"
_LETTERS = {"latin": re.compile(r"[a-z]")}


class Composition(Struct, frozen=True):
    """A status and the ideas it needs: one of each group in `needs`, none of `without`."""

    sub: str
    needs: tuple[frozenset[str], ...]
    without: frozenset[str]

    def holds(self, ideas: frozenset[str]) -> bool:
        """Whether a text that has these ideas says this."""
        return not (self.without & ideas) and all(group & ideas for group in self.needs)


class Lexicon(Struct, frozen=True):
    """The stems of one language: a pattern an idea, and which texts are its own."""

    language: str
    letters: re.Pattern[str]
    page: re.Pattern[str] | None
    stems: tuple[tuple[str, str], ...]
    words: str = ""

    def rules(self) -> list[Rule]:
        """Each idea as a rule, so that a rulebook finds those worth trying by their anchors."""
        return [
            Rule(f"{self.language}.{idea}", "unknown", 0, (pattern,))
            for idea, pattern in self.stems
        ]


def lexicon_of(data: Mapping[str, Any], language: str) -> Lexicon:
    """A stem file as read from TOML; `start` and `end` bound each stem, `letters` is its script."""
    about = data["language"]
    page = about.get("page")
    return Lexicon(
        language,
        _LETTERS.get(about["letters"]) or re.compile(about["letters"]),
        re.compile(fold(page)) if page else None,
        tuple(
            (idea, fold(about.get("start", r"\b")) + f"(?:{fold(stems)})")
            for idea, stems in data["stems"].items()
        ),
        about.get("words", ""),
    )


def compositions_of(data: Mapping[str, Any]) -> tuple[Composition, ...]:
    """The table of compositions; the first that holds decides. ValueError for an unknown sub."""
    for row in data["compose"]:
        if row["sub"] not in STATUSES:
            raise ValueError(f"compose: no status {row['sub']}")
    shut: dict[str, list[str]] = data["shut"]
    return tuple(
        Composition(
            row["sub"],
            tuple(frozenset(group.split("|")) for group in row["all"]),
            frozenset([*row.get("none", ()), *shut.get(main_of(row["sub"]), ())]),
        )
        for row in data["compose"]
    )


COMPOSITIONS = compositions_of(read_toml(_FOLDER / "compose.toml"))
LEXICONS = tuple(
    lexicon_of(read_toml(path), path.name[:-5])
    for path in sorted(_FOLDER.iterdir(), key=lambda p: p.name)
    if path.name.endswith(".toml") and path.name != "compose.toml"
)
