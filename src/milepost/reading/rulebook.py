"""Rules compiled once and looked up by anchor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from milepost.domain.status import main_of

from .anchors import anchors

# What ends a parcel's road, so that a mistake about it costs most.
FINAL = frozenset({"delivered", "returned"})

# So few anchors are sooner looked for one by one than a text is cut into pieces.
_FEW = 30
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


class Compiled:
    """A rule and its place in the order. Its patterns are compiled when it is first tried: most
    rules never are, and to compile them all takes longer than the rest of a server's start.
    """

    def __init__(self, rule: Rule, number: int) -> None:
        self.rule = rule
        self.language = rule.name.partition(".")[0]
        self.order = (-rule.rank, number)
        self.final = main_of(rule.sub) in FINAL

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.rule.match)

    @cached_property
    def unless(self) -> re.Pattern[str] | None:
        return re.compile("|".join(self.rule.unless)) if self.rule.unless else None

    def holds(self, text: str) -> bool:
        """Whether this rule speaks about the normalised `text`."""
        for pattern in self.patterns:
            if self._whole(pattern, text) if self.final else pattern.search(text):
                return self.unless is None or not self.unless.search(text)
        return False

    def _whole(self, pattern: re.Pattern[str], text: str) -> bool:
        """A final status is never read out of the middle of a word ("firma" in "confirmation")."""
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
        self.compiled = [Compiled(rule, number) for number, rule in enumerate(rules)]
        self.compiled.sort(key=lambda item: item.order)
        for index, item in enumerate(self.compiled):
            self._add(index, item.rule.match)
        plain = ([gram for gram in grams if gram.isascii()] for grams in self._by_gram)
        self._few_ascii = [grams if len(grams) < _FEW else None for grams in plain]

    def candidates(self, text: str) -> Iterator[Compiled]:
        """The rules whose anchors occur in the normalised `text`, the highest rank first."""
        found = set(self._always)
        for size, index in enumerate(self._by_gram):
            for gram in self._grams(size, text):
                for literal, numbers in index[gram].items():
                    if literal in text:
                        found.update(numbers)
        return (self.compiled[number] for number in sorted(found))

    def _grams(self, size: int, text: str) -> Iterable[str]:
        """The pieces of `size` characters of the text that begin an anchor."""
        index, few = self._by_gram[size], self._few_ascii[size]
        if not index:
            return ()
        if few is not None and text.isascii():
            return [gram for gram in few if gram in text]
        return index.keys() & {text[at : at + size] for at in range(len(text) - size + 1)}

    def _add(self, index: int, patterns: tuple[str, ...]) -> None:
        sets = [anchors(pattern) for pattern in patterns]
        if any(literals is None for literals in sets):
            self._always.append(index)
            return
        for literal in frozenset().union(*(literals for literals in sets if literals)):
            gram = literal[:3]
            entry = self._by_gram[len(gram)].setdefault(gram, {})
            entry.setdefault(literal, []).append(index)
