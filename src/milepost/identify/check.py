"""Is every number format sound? Used by `milepost check` and by the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from milepost.identify.checksums import KINDS, passes
from milepost.identify.formats import read_numbers
from milepost.identify.grammar import GrammarError, Node, group, masses
from milepost.identify.model import CarrierNumbers, Format
from milepost.identify.patterns import parse
from milepost.identify.rank import identify
from milepost.identify.s10 import read_s10


def check_formats() -> list[str]:
    """What is wrong with the number formats, one sentence each; empty when all is well."""
    try:
        carriers = dict(read_numbers())
        problems = [problem for item in carriers.items() for problem in _check_carrier(*item)]
    except (msgspec.ValidationError, KeyError, OSError, ValueError) as error:
        return [f"a numbers.toml cannot be read: {error}"]
    return problems or [*_check_found(carriers), *_check_s10()]


def _check_carrier(slug: str, numbers: CarrierNumbers) -> Iterator[str]:
    ids = [one.id for one in numbers.format]
    if len(set(ids)) < len(ids):
        yield f"{slug}: two formats have the same id"
    if numbers.weight <= 0 or any(one.share <= 0 for one in numbers.format):
        yield f"{slug}: weights and shares must be above 0"
    for one in numbers.format:
        yield from (f"{slug}: {one.id}: {problem}" for problem in _check_format(one))


def _check_format(one: Format) -> Iterator[str]:
    if problems := list(_check_form(one)):
        yield from problems
        return
    yield from (f"valid example {text} does not fit" for text in one.valid if not fits(one, text))
    yield from (f"invalid example {text} fits" for text in one.invalid if fits(one, text))


def _check_form(one: Format) -> Iterator[str]:
    if not one.valid or not one.invalid:
        yield "needs valid and invalid examples"
    if one.checksum and one.checksum.kind not in KINDS:
        yield f"unknown checksum kind {one.checksum.kind!r}"
    for pattern in one.patterns:
        try:
            tree = parse(pattern.regex)
        except GrammarError as error:
            yield str(error)
        else:
            yield from _check_groups(tree, pattern.regex) if one.checksum else ()


def _check_groups(tree: Node, regex: str) -> Iterator[str]:
    check = group(tree, "check")
    if check is None or group(tree, "serial") is None:
        yield f"{regex!r} needs the groups serial and check"
    elif set(masses(check, {})) != {1}:
        yield f"the check group of {regex!r} must be one character"


def fits(one: Format, number: str) -> bool:
    """Whether a normalised number has the format and its check digit."""
    for pattern in one.patterns:
        found = re.fullmatch(pattern.regex, number)
        if found and (not one.checksum or passes(one.checksum, found["serial"], found["check"])):
            return True
    return False


def _check_found(carriers: dict[str, CarrierNumbers]) -> Iterator[str]:
    """An example that the identification does not name at all is shadowed by other formats."""
    for slug, numbers in carriers.items():
        for one in numbers.format:
            for example in one.valid:
                named = {(c.carrier, c.format) for c in identify(example).candidates}
                if (slug, one.name) not in named:
                    yield f"{slug}: {one.id}: {example} is not among its candidates"


def _check_s10() -> Iterator[str]:
    numbers = read_s10()
    for example in numbers.valid:
        if not any(one.format == "S10" for one in identify(example).candidates):
            yield f"s10: valid example {example} does not fit"
    for example in numbers.invalid:
        if any(one.format == "S10" for one in identify(example).candidates):
            yield f"s10: invalid example {example} fits"
