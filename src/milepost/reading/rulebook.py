"""The rules: read from `rules/*.toml`, compiled once, looked up by anchor."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from msgspec import Struct, convert

from milepost.domain.status import STATUSES, main_of

from .anchors import anchors
from .normalise import fold

# What ends a parcel's road, so that a mistake about it costs most.
FINAL = frozenset({"delivered", "returned"})

_MACRO = re.compile(r"<([a-z_]+)>")
# Letters of the scripts that put space between words.
_SPACED = re.compile(r"[a-z\u0370-\u058f]")


class Rule(Struct, frozen=True):
    """One rule as it stands in a file. The higher `rank` decides; a `not` match takes it out."""

    name: str
    sub: str
    rank: int
    match: tuple[str, ...]
    unless: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()


class Compiled(Struct, frozen=True):
    """A rule ready to be tried: its patterns, its guards and its place in the order."""

    rule: Rule
    language: str
    order: tuple[int, int]
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None

    def holds(self, text: str) -> bool:
        """Whether this rule speaks about the normalised `text`."""
        if not any(self._matches(pattern, text) for pattern in self.patterns):
            return False
        return self.unless is None or not self.unless.search(text)

    def _matches(self, pattern: re.Pattern[str], text: str) -> bool:
        """A final status is never read out of the middle of a word ("firma" in "confirmation")."""
        if main_of(self.rule.sub) not in FINAL:
            return pattern.search(text) is not None
        return any(not _inside_word(text, match) for match in pattern.finditer(text))


def _inside_word(text: str, match: re.Match[str]) -> bool:
    at = match.start()
    if at == 0 or at == match.end():
        return False
    return _SPACED.match(text[at - 1]) is not None and _SPACED.match(text[at]) is not None


class Rulebook:
    """Rules in order, and the way from a text to the few of them worth trying."""

    def __init__(self, rules: list[Rule]) -> None:
        self._by_gram: tuple[dict[str, dict[str, list[int]]], ...] = ({}, {}, {}, {})
        self._always: list[int] = []
        self.compiled = [_compile(rule, number) for number, rule in enumerate(rules)]
        self.compiled.sort(key=lambda item: item.order)
        for index, item in enumerate(self.compiled):
            self._add(index, item.rule.match)

    def candidates(self, text: str) -> Iterator[Compiled]:
        """The rules whose anchors occur in the normalised `text`, the highest rank first."""
        found = set(self._always)
        for size, index in enumerate(self._by_gram):
            if index:
                grams = {text[at : at + size] for at in range(len(text) - size + 1)}
                for gram in index.keys() & grams:
                    for literal, numbers in index[gram].items():
                        if literal in text:
                            found.update(numbers)
        return (self.compiled[number] for number in sorted(found))

    def _add(self, index: int, patterns: tuple[str, ...]) -> None:
        sets = [anchors(pattern) for pattern in patterns]
        if any(literals is None for literals in sets):
            self._always.append(index)
            return
        for literal in frozenset().union(*(literals for literals in sets if literals)):
            gram = literal[:3]
            entry = self._by_gram[len(gram)].setdefault(gram, {})
            entry.setdefault(literal, []).append(index)


def _compile(rule: Rule, number: int) -> Compiled:
    return Compiled(
        rule=rule,
        language=rule.name.partition(".")[0],
        order=(-rule.rank, number),
        patterns=tuple(re.compile(pattern) for pattern in rule.match),
        unless=re.compile("|".join(rule.unless)) if rule.unless else None,
    )


def _toml(path: Traversable) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


_FOLDER = files(__package__) / "rules"
_RANKS: dict[str, int] = _toml(_FOLDER / "ranks.toml")["rank"]


def rules_of(data: dict[str, Any], stem: str) -> list[Rule]:
    """The rules of one file: macros put in, ranks and names given, subs checked.

    Raises ValueError for a sub that no status has or a macro that the file does not define.
    """
    words: dict[str, str] = data.get("words", {})
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
        "match": [_expand(pattern, words, stem) for pattern in row["match"]],
        "unless": [_expand(pattern, words, stem) for pattern in row.get("not", [])],
    }
    fields.pop("not", None)
    return convert(fields, Rule)


def _expand(pattern: str, words: dict[str, str], stem: str) -> str:
    def put(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise ValueError(f"{stem}: no words named <{match[1]}>")
        return f"(?:{_expand(words[match[1]], words, stem)})"

    return fold(_MACRO.sub(put, pattern))


def load(folder: Traversable = _FOLDER) -> list[Rule]:
    """Every rule of a folder, file by file in the order of their names."""
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
    return [rule for path in paths for rule in rules_of(_toml(path), path.name[:-5])]


def vocabulary(folder: Traversable = _FOLDER) -> dict[str, list[str]]:
    """What tells a language: the examples of its rules and the common words its file lists."""
    words: dict[str, list[str]] = {}
    for path in folder.iterdir():
        if path.name.endswith(".toml") and path.name != "ranks.toml":
            data = _toml(path)
            examples = [text for row in data["rule"] for text in row.get("examples", ())]
            words[path.name[:-5]] = [data.get("language", {}).get("words", ""), *examples]
    return words


def load_carriers() -> dict[str, list[Rule]]:
    """The rules that hold for one carrier only, by its slug (`rules/carriers/<slug>.toml`)."""
    paths = (path for path in (_FOLDER / "carriers").iterdir() if path.name.endswith(".toml"))
    return {path.name[:-5]: rules_of(_toml(path), path.name[:-5]) for path in paths}


def vetoes() -> dict[str, re.Pattern[str]]:
    """What speaks of a delivery that has not happened, by the file whose rules it binds."""
    data = _toml(_FOLDER / "ranks.toml")["veto"]
    return {stem: re.compile("|".join(map(fold, rows))) for stem, rows in data.items()}
