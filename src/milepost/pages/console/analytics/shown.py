"""How each report is shown, read from `shown.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

# Dimensions that go on in time, in whose order rows stand.
TIMES = ("month", "week", "day", "year")


class Shown(Struct, frozen=True, forbid_unknown_fields=True):
    """See `shown.toml`."""

    chart: Literal["share", "spread", "count"]
    by: tuple[str, ...]
    columns: tuple[str, ...]
    value: str = ""
    middle: str = ""
    slow: str = ""
    which: str = ""
    less: bool = False


@cache
def shown() -> dict[str, Shown]:
    """By the report's name, in the order of the pages."""
    text = (files(__package__) / "shown.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Shown])


def band_of(figure: str) -> tuple[str, str]:
    """The names of a figure's interval: `kept_rate` → `kept_low`, `kept_high`."""
    stem, mix = figure.removesuffix("_equal_mix"), "_equal_mix" * figure.endswith("_equal_mix")
    if stem.endswith("_h"):
        return f"{stem[:-2]}_low_h{mix}", f"{stem[:-2]}_high_h{mix}"
    if stem == "rate":
        return f"low{mix}", f"high{mix}"
    return f"{stem.removesuffix('rate')}low{mix}", f"{stem.removesuffix('rate')}high{mix}"
