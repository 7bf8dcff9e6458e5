"""A pattern at one length, weighed and ready to try on a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from milepost.identify import background, grammar
from milepost.identify.checksums import passes
from milepost.identify.model import Format
from milepost.identify.patterns import parse

Key = tuple[bool, int, str]
_DIGITS = frozenset("0123456789")


class Rule(Struct, frozen=True, gc=False):
    """One pattern at one length, ready to try.

    share: of the carrier's numbers. telling: how much likelier a number of this pattern is than
    the same random text, its check digit aside. check_mass: the chance that a random character
    may stand in the check digit's place.
    """

    carrier: str
    format: Format
    regex: str
    fullmatch: Callable[[str], re.Match[str] | None]
    share: float
    telling: float
    check_mass: float
    business: tuple[tuple[Callable[[str], re.Match[str] | None], str], ...] = ()

    def passes(self, found: re.Match[str]) -> bool:
        """Whether the check digit fits (true where the format has none)."""
        checksum = self.format.checksum
        return checksum is None or passes(checksum, found["serial"], found["check"])

    def evidence(self, found: re.Match[str], odds: Mapping[str, float]) -> float:
        """P(this number | the carrier) / P(this number | random text)."""
        if self.format.checksum is None:
            return self.share * self.telling
        # The serial leaves one check character possible; a random text hits it by its odds.
        return self.share * self.telling * self.check_mass / odds[found["check"]]

    def business_type(self, number: str) -> str | None:
        """What kind of business the number itself tells, if any."""
        return next((kind for match, kind in self.business if match(number)), None)


def rules_of(carrier: str, one: Format, share: float) -> Iterator[tuple[Key, Rule]]:
    """The rules of a format, with the index keys under which each is found."""
    total = sum(pattern.share for pattern in one.patterns)
    for pattern in one.patterns:
        tree = parse(pattern.regex)
        for digits in (True, False):
            rules = _weigh(carrier, one, pattern.regex, share * pattern.share / total, digits)
            for length, rule in rules:
                for first in grammar.first(tree):
                    yield (digits, length, first), rule


def _weigh(
    carrier: str, one: Format, regex: str, share: float, digits: bool
) -> Iterator[tuple[int, Rule]]:
    tree = parse(regex)
    if not digits and grammar.alphabet(tree) <= _DIGITS:
        return
    odds = background.DIGITS if digits else background.MIXED
    check = grammar.group(tree, "check")
    masses = {n: mass for n, mass in grammar.masses(tree, odds).items() if n and mass > 0}
    for length, mass in masses.items():
        rule = Rule(
            carrier=carrier,
            format=one,
            regex=regex,
            fullmatch=re.compile(regex).fullmatch,
            share=share / len(masses),
            telling=1 / mass,
            check_mass=grammar.masses(check, odds)[1] if check else 1.0,
            business=tuple((re.compile(kind.regex).match, kind.type) for kind in one.business),
        )
        yield length, rule
