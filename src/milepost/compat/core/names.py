"""A vendor's own names for carriers, kept in its folder, before the common crosswalk."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from milepost.compat.core.crosswalk import Crosswalk


class CarrierNames:
    """`carriers.toml` of a dialect's package: the vendor's code → our slug."""

    def __init__(self, package: str, vendor: str) -> None:
        text = (files(package) / "carriers.toml").read_text("utf-8")
        self.table: dict[str, str] = dict(tomllib.loads(text)["carriers"])
        self._vendor = vendor
        self._slugs = {code.casefold(): slug for code, slug in self.table.items()}
        self._codes = {slug: code for code, slug in reversed(self.table.items())}

    def slug_of(self, crosswalk: Crosswalk, code: str) -> str | None:
        """Our slug; our own slugs are understood too, and no other text is."""
        found = self._slugs.get(code.casefold()) or crosswalk.slug_of(self._vendor, code)
        return found or (code if crosswalk.row(code) else None)

    def code_of(self, crosswalk: Crosswalk, slug: str) -> str:
        """The vendor's code; our slug where the vendor has none."""
        return self._codes.get(slug) or crosswalk.code_of(self._vendor, slug) or slug
