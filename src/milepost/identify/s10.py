"""UPU S10: two letters of service, eight digits, a check digit, two letters of the operator.

The operators are data (`s10.toml`): most codes are ISO countries, some stand for a company.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.identify.checksums import Checksum
from milepost.identify.model import Business, Format, Pattern

S10_LENGTH = 13


class Operator(Struct, frozen=True, forbid_unknown_fields=True):
    """Who uses a code. services: the first letters that are this operator's (all, if empty).
    weight: as in `CarrierNumbers`."""

    code: str
    carrier: str
    name: str
    country: str | None = None
    weight: float = 0.3
    services: str = ""


class S10Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """The file `s10.toml`: `letters` have a meaning by the standard, others are reserved."""

    letters: str
    business: tuple[Business, ...]
    operator: tuple[Operator, ...]
    valid: tuple[str, ...]
    invalid: tuple[str, ...]


def read_s10() -> S10Numbers:
    """The package's own `s10.toml`."""
    text = (files(__package__) / "s10.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), S10Numbers)


def formats_of(numbers: S10Numbers) -> Iterator[tuple[Operator, Format]]:
    """Every operator with the format of its numbers."""
    for operator in numbers.operator:
        yield operator, _format(operator, numbers)


def _format(operator: Operator, numbers: S10Numbers) -> Format:
    rest = rf"[A-Z](?P<serial>\d{{8}})(?P<check>\d){operator.code}"
    known = operator.services or numbers.letters
    others = "".join(sorted(set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set(numbers.letters)))
    patterns = [Pattern(f"[{known}]{rest}", 0.97)]
    if not operator.services:
        patterns.append(Pattern(f"[{others}]{rest}", 0.03))
    return Format(
        id=f"s10-{operator.code.lower()}",
        name="S10",
        country=operator.country or operator.code,
        checksum=Checksum("s10"),
        patterns=tuple(patterns),
        business=numbers.business,
    )
