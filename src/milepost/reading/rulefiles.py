"""The rules as they stand in `rules/*.toml`: read, macros put in, ranks and names given."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from msgspec import convert

from milepost.domain.status import STATUSES

from .normalise import fold
from .rulebook import Rule

_MACRO = re.compile(r"<([a-z_]+)>")


def read_toml(path: Traversable) -> dict[str, Any]:
    """One data file of the package as the object TOML makes of it."""
    return tomllib.loads(path.read_text("utf-8"))


# Words that are the same in all languages.
WORDS: dict[str, str] = read_toml(files(__package__) / "names.toml")
_FOLDER = files(__package__) / "rules"
# Rules for every text in Latin letters; what stands there tells no language.
SHARED = "latin"
_RANKS: dict[str, int] = read_toml(_FOLDER / "ranks.toml")["rank"]


def rules_of(data: dict[str, Any], stem: str) -> list[Rule]:
    """The rules of one file: macros put in, ranks and names given, subs checked.

    Raises ValueError for a sub that no status has or a macro that the file does not define.
    """
    words = WORDS | data.get("words", {})
    return [_rule(row, stem, words) for row in data.get("rule", [])]


def _rule(row: dict[str, Any], stem: str, words: dict[str, str]) -> Rule:
    sub = row["sub"]
    if sub not in STATUSES:
        raise ValueError(f"{stem}: no status {sub}")
    tail = f".{row['name']}" if "name" in row else ""
    fields = {
        **row,
        "name": f"{stem}.{sub}{tail}",
        "rank": row.get("rank", _RANKS[sub]),
        "match": [expand(pattern, words, stem) for pattern in row["match"]],
        "unless": [expand(pattern, words, stem) for pattern in row.get("not", [])],
    }
    fields.pop("not", None)
    return convert(fields, Rule)


def expand(pattern: str, words: dict[str, str], stem: str) -> str:
    """A pattern as written in a file: its `<words>` put in, folded like the texts that it meets."""

    def put(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise ValueError(f"{stem}: no words named <{match[1]}>")
        return f"(?:{expand(words[match[1]], words, stem)})"

    return fold(_MACRO.sub(put, pattern))


@cache
def languages() -> dict[str, dict[str, Any]]:
    """The rules of each language as one object, also where several files share them.

    `en.toml` holds a language's words; `en.road.toml` holds more of its rules.
    """
    merged: dict[str, dict[str, Any]] = {}
    for path in sorted(_FOLDER.iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml") and path.name != "ranks.toml":
            language = merged.setdefault(
                path.name.partition(".")[0], {"language": {}, "words": {}, "rule": []}
            )
            data = read_toml(path)
            language["words"] |= data.get("words", {})
            language["rule"] += data.get("rule", [])
            language["language"] |= data.get("language", {})
    return merged


def load() -> list[Rule]:
    """Every rule, language by language in the order of their names."""
    return [rule for name, data in languages().items() for rule in rules_of(data, name)]


def vocabulary() -> dict[str, list[str]]:
    """What tells a language: the examples of its rules and the common words its file lists."""
    return {
        name: [
            data["language"].get("words", ""),
            *(text for row in data["rule"] for text in row.get("examples", ())),
        ]
        for name, data in languages().items()
        if name != SHARED
    }


def load_carriers() -> dict[str, list[Rule]]:
    """The rules that hold for one carrier only, by its slug (`rules/carriers/<slug>.toml`)."""
    paths = (path for path in (_FOLDER / "carriers").iterdir() if path.name.endswith(".toml"))
    return {path.name[:-5]: rules_of(read_toml(path), path.name[:-5]) for path in paths}
