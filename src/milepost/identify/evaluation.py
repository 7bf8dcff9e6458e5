"""How good is the identification? Cases in, figures out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from milepost.identify.rank import RELIABLE, identify

_LENGTHS = range(8, 35)


class Case(Struct, frozen=True):
    """One judged number. carriers: slugs that are right. format: the name of the format it is
    valid or invalid for ("" where only the carrier is known)."""

    number: str
    carriers: frozenset[str]
    format: str = ""
    valid: bool = True


def evaluate(cases: Iterable[Case], *, random_count: int = 20_000) -> dict[str, Any]:
    """Figures over `cases` and over random digit strings (lengths 8 to 34, seeded).

    Shape: {valid, top1, among, top1_misses, invalid, invalid_called, random, random_called}: counts
    as int, top1, among and random_called as shares, misses as lists of numbers.
    """
    cases = list(cases)
    valid = [case for case in cases if case.valid]
    invalid = [case for case in cases if not case.valid]
    misses = [case.number for case in valid if not _is_top(case)]
    absent = [case.number for case in valid if not _is_among(case)]
    return {
        "valid": len(valid),
        "top1": _share(len(valid) - len(misses), len(valid)),
        "among": _share(len(valid) - len(absent), len(valid)),
        "top1_misses": misses,
        "absent": absent,
        "invalid": len(invalid),
        "invalid_called": [case.number for case in invalid if _is_called(case)],
        "random": random_count,
        "random_called": called_share(random_digits(random_count)),
    }


def read_cases(data: Mapping[str, Any], slugs: Mapping[str, Iterable[str]]) -> Iterator[Case]:
    """Cases out of the layout {cases: [{courier, format, number, valid}], chinese_examples:
    [{carrier, number}]}; `slugs` names our carriers for a courier where it is not the same."""
    for row in data["cases"]:
        names = slugs.get(row["courier"], (row["courier"].replace("_", "-"),))
        yield Case(row["number"], frozenset(names), row["format"], row["valid"])
    for row in data.get("chinese_examples", ()):
        yield Case(row["number"], frozenset(slugs.get(row["carrier"], (row["carrier"].lower(),))))


def random_digits(count: int, seed: int = 1) -> Iterator[str]:
    """Digit strings whose length and digits are uniformly random."""
    source = random.Random(seed)  # noqa: S311 (figures must be repeatable)
    for _ in range(count):
        yield "".join(source.choices("0123456789", k=source.choice(_LENGTHS)))


def called_share(numbers: Iterable[str]) -> float:
    """The share of numbers that are called with a confidence to rely on."""
    best = [max((c.probability for c in identify(n).candidates), default=0.0) for n in numbers]
    return _share(sum(probability >= RELIABLE for probability in best), len(best))


def _is_top(case: Case) -> bool:
    candidates = identify(case.number).candidates
    return bool(candidates) and (
        candidates[0].carrier in case.carriers or candidates[0].format == case.format == "S10"
    )


def _is_among(case: Case) -> bool:
    candidates = identify(case.number).candidates
    return any(c.carrier in case.carriers or c.format == case.format == "S10" for c in candidates)


def _is_called(case: Case) -> bool:
    """An invalid number is called if its own format is named all the same."""
    return any(c.format == case.format for c in identify(case.number).candidates)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
