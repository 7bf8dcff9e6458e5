"""Which carrier each vendor means by which code, read from `compat/carriers.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

VENDORS = ("kdniao", "kuaidi100", "seventeentrack", "aftership", "easypost", "shippo")
_ALIASES = {"17track": "seventeentrack"}
Codes = str | int | list[str | int] | None


def _writes(vendor: str) -> bool:
    return _ALIASES.get(vendor, vendor) in (*VENDORS, "slug")


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A carrier. A vendor with several codes for it has a list, the one to write first."""

    slug: str
    name: str
    name_zh: str | None = None
    kdniao: Codes = None
    kuaidi100: Codes = None
    seventeentrack: Codes = None
    aftership: Codes = None
    easypost: Codes = None
    shippo: Codes = None
    country: str | None = None
    needs_phone_tail: bool = False

    def codes(self, vendor: str) -> list[str]:
        """All codes of a vendor as text, the usual one first."""
        given = getattr(self, _ALIASES.get(vendor, vendor)) if _writes(vendor) else None
        if given is None:
            return []
        return [str(one) for one in given] if isinstance(given, list) else [str(given)]


class Crosswalk:
    """Carrier codes of all vendors. Codes of one vendor are never taken for those of another."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = tuple(rows)
        self._by_slug = {row.slug: row for row in rows}
        self._slugs = {
            (vendor, code.casefold()): row.slug
            for vendor in VENDORS
            for row in rows
            for code in row.codes(vendor)
        }
        self._codes = {
            (vendor, row.slug): codes[0]
            for vendor in (*VENDORS, "slug")
            for row in rows
            if (codes := row.codes(vendor))
        }

    def slug_of(self, vendor: str, code: str | int) -> str | None:
        """Our slug of a vendor's carrier code, whatever its case."""
        return self._slugs.get((_ALIASES.get(vendor, vendor), str(code).strip().casefold()))

    def code_of(self, vendor: str, slug: str) -> str | None:
        """The vendor's code of a carrier, as text (17TRACK's keys too)."""
        return self._codes.get((_ALIASES.get(vendor, vendor), slug))

    def names(self, slug: str) -> tuple[str, str]:
        """(English, Chinese) name; the slug itself for an unknown carrier."""
        row = self._by_slug.get(slug)
        return (slug, slug) if row is None else (row.name, row.name_zh or row.name)

    def row(self, slug: str) -> Row | None:
        return self._by_slug.get(slug)

    def all(self) -> Sequence[Row]:
        """Every carrier, in the order of the file."""
        return self._rows


def read_rows() -> list[Row]:
    """The file as it is. Raises on malformed TOML, unknown keys and wrong types."""
    text = (files("milepost.compat") / "carriers.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["carrier"], list[Row])


@lru_cache(maxsize=1)
def crosswalk() -> Crosswalk:
    """The crosswalk of this installation."""
    return Crosswalk(read_rows())
