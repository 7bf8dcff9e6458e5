"""Kinds of cases, as data: what each asks for, what has to be done, and how it can end."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from milepost.domain.case import StepError
from milepost.domain.status import MAINS

LONGEST_FIELD = 4_000


class Kind(Struct, frozen=True, kw_only=True):
    """See `kinds.toml`."""

    name: str
    outcomes: tuple[str, ...]
    tasks: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    mains: tuple[str, ...] = ()
    deadline_h: int = 24
    carrier: bool = False
    since: str | None = None
    shapes: dict[str, str] = {}
    told: dict[str, str] = {}

    @property
    def needed(self) -> list[str]:
        return [field.rstrip("!") for field in self.fields if field.endswith("!")]

    @property
    def known(self) -> set[str]:
        return {field.rstrip("!") for field in self.fields} | set(self.personal)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name."""
    table = tomllib.loads((files(__package__) / "kinds.toml").read_text("utf-8"))
    return {name: msgspec.convert({"name": name, **given}, Kind) for name, given in table.items()}


def checked_fields(
    kind: Kind, given: Mapping[str, Any], main: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was given, apart: plain and personal. Raises StepError."""
    lacking = [name for name in kind.needed if given.get(name) in (None, "")]
    unknown = sorted(set(given) - kind.known)
    if lacking or unknown:
        faults = [*(f"'{name}' is needed" for name in lacking),
                  *(f"there is no field '{name}'" for name in unknown)]  # fmt: skip
        raise StepError("; ".join(faults))
    for name, one in given.items():
        if isinstance(one, dict | list):
            raise StepError(f"'{name}' is one text or number")
        if isinstance(one, str) and len(one) > LONGEST_FIELD:
            raise StepError(f"'{name}' has {LONGEST_FIELD} characters at most")
    _check_shapes(kind, given)
    if kind.mains and main is not None and main not in kind.mains:
        raise StepError(f"a case of kind '{kind.name}' cannot be opened while it is {main}")
    plain = {name: one for name, one in given.items() if name not in kind.personal}
    return plain, {name: one for name, one in given.items() if name in kind.personal}


def _check_shapes(kind: Kind, given: Mapping[str, Any]) -> None:
    for name, shape in kind.shapes.items():
        value = given.get(name)
        if value not in (None, "") and not re.fullmatch(shape, str(value)):
            wanted = kind.told.get(name) or " or ".join(shape.split("|"))
            raise StepError(f"'{name}' is {wanted}")


def problems() -> list[str]:
    """What is wrong with the kinds, for `milepost check`."""
    return [
        f"case kind {kind.name} names an unknown main: {main}"
        for kind in kinds().values()
        for main in kind.mains
        if main not in MAINS
    ]
