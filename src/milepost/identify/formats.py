"""All number formats, found by folder and made ready: an index from (digits only?, length, first
character) to the few rules worth trying."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.identify import grammar
from milepost.identify.model import CarrierNumbers, Format
from milepost.identify.patterns import parse
from milepost.identify.rule import Key, Rule, rules_of
from milepost.identify.s10 import S10_LENGTH, S10Numbers, formats_of, read_s10


class Formats(Struct, frozen=True):
    """Every format of every carrier.

    weights: by carrier slug, of a thousand numbers looked up. rules: by (digits only?, length,
    first character). s10: by the last two characters of an S10 number. pieces: the patterns in
    which a dash is part of the number.
    """

    weights: Mapping[str, float]
    total_weight: float
    formats: Mapping[str, tuple[Format, ...]]
    rules: Mapping[Key, tuple[Rule, ...]]
    s10: Mapping[str, tuple[Rule, ...]]
    pieces: tuple[re.Pattern[str], ...]

    def rules_for(self, number: str) -> tuple[Rule, ...]:
        """The rules worth trying on a normalised number."""
        rules = self.rules.get((number.isdecimal(), len(number), number[:1]), ())
        if len(number) == S10_LENGTH:
            return rules + self.s10.get(number[-2:], ())
        return rules


def read_numbers() -> Iterator[tuple[str, CarrierNumbers]]:
    """(carrier slug, its numbers) of every carrier folder that has a `numbers.toml`."""
    for folder in sorted(files("milepost").joinpath("carriers").iterdir(), key=lambda f: f.name):
        path = folder / "numbers.toml"
        if folder.is_dir() and path.is_file():
            manifest = tomllib.loads((folder / "manifest.toml").read_text("utf-8"))
            raw = tomllib.loads(path.read_text("utf-8"))
            yield manifest["slug"], msgspec.convert(raw, CarrierNumbers)


@lru_cache(maxsize=1)
def load_formats() -> Formats:
    """Every format in the package, made ready once.

    Raises GrammarError or msgspec.ValidationError on a wrong data file; `check_formats` says where.
    """
    return build(dict(read_numbers()), read_s10())


def build(carriers: Mapping[str, CarrierNumbers], s10: S10Numbers | None = None) -> Formats:
    """Formats out of carriers' numbers (of the package, or made up by a test)."""
    weights = _weights(carriers, s10)
    return Formats(
        weights=weights,
        total_weight=sum(weights.values()),
        formats={slug: numbers.format for slug, numbers in carriers.items()},
        rules=_index(carriers, weights),
        s10=_s10_index(s10, weights) if s10 else {},
        pieces=tuple(_pieces(carriers)),
    )


def _weights(carriers: Mapping[str, CarrierNumbers], s10: S10Numbers | None) -> dict[str, float]:
    weights: dict[str, float] = defaultdict(float)
    for slug, numbers in carriers.items():
        weights[slug] += numbers.weight
    for operator in s10.operator if s10 else ():
        weights[operator.carrier] += operator.weight
    return dict(weights)


def _index(
    carriers: Mapping[str, CarrierNumbers], weights: Mapping[str, float]
) -> dict[Key, tuple[Rule, ...]]:
    index: dict[Key, list[Rule]] = defaultdict(list)
    for slug, numbers in carriers.items():
        own = numbers.weight / weights[slug] / sum(one.share for one in numbers.format)
        for one in numbers.format:
            for key, rule in rules_of(slug, one, one.share * own):
                index[key].append(rule)
    return {key: tuple(rules) for key, rules in index.items()}


def _s10_index(s10: S10Numbers, weights: Mapping[str, float]) -> dict[str, tuple[Rule, ...]]:
    index: dict[str, dict[tuple[str, str], Rule]] = defaultdict(dict)
    for operator, one in formats_of(s10):
        share = operator.weight / weights[operator.carrier]
        for _, rule in rules_of(operator.carrier, one, share):
            index[operator.code][rule.carrier, rule.regex] = rule
    return {code: tuple(rules.values()) for code, rules in index.items()}


def _pieces(carriers: Mapping[str, CarrierNumbers]) -> Iterator[re.Pattern[str]]:
    for numbers in carriers.values():
        for one in numbers.format:
            for pattern in one.patterns:
                if "-" in grammar.alphabet(parse(pattern.regex)):
                    yield re.compile(pattern.regex)
