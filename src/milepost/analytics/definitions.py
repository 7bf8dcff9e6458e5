"""The reports and dimensions that there are, read from their tables."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

Source = Literal["journey", "customs", "trouble", "hop"]


class Dimension(Struct, frozen=True, forbid_unknown_fields=True):
    """See `dimensions.toml`."""

    sql: str
    filter: str | None = None
    sources: tuple[Source, ...] = ("journey", "customs", "trouble", "hop")


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """See `reports.toml`."""

    title: str
    about: str
    source: Source
    by: tuple[str, ...]
    where: str = "true"
    parts: dict[str, str] = {}
    rates: tuple[str, ...] = ()
    prefix: str = ""
    value: str | None = None
    censored: str | None = None
    mix: bool = False
    of: Source | None = None
    apart: tuple[str, ...] = ()
    extra: str | None = None
    takes: tuple[str, ...] = ()


def _table(name: str) -> object:
    return tomllib.loads((files(__package__) / name).read_text("utf-8"))


@cache
def reports() -> dict[str, Report]:
    """Every report by its name."""
    return msgspec.convert(_table("reports.toml"), dict[str, Report])


@cache
def dimensions() -> dict[str, Dimension]:
    """Every dimension by its name."""
    return msgspec.convert(_table("dimensions.toml"), dict[str, Dimension])


@cache
def sources() -> dict[str, str]:
    """The SQL of each source."""
    text = (files(__package__) / "sources.sql").read_text("utf-8")
    parts = re.split(r"^-- (\w+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def allowed(report: Report) -> list[str]:
    """The dimensions that a report can be grouped and filtered by."""
    return [name for name, one in dimensions().items() if report.source in one.sources]
