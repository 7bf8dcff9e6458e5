"""Which carrier a client means: this vendor's own names first, then the common crosswalk."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from milepost.compat.core import Crosswalk
from milepost.compat.easypost import VENDOR


def _read() -> dict[str, str]:
    text = (files(__package__) / "carriers.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["carriers"])


CARRIERS = _read()
_SLUGS = {code.casefold(): slug for code, slug in CARRIERS.items()}
_CODES = {slug: code for code, slug in reversed(CARRIERS.items())}


def slug_of(crosswalk: Crosswalk, code: str) -> str | None:
    """Our slug; our own slugs are understood too, and no other text is."""
    found = _SLUGS.get(code.casefold()) or crosswalk.slug_of(VENDOR, code)
    return found or (code if crosswalk.row(code) else None)


def code_of(crosswalk: Crosswalk, slug: str) -> str:
    """The vendor's code; our slug where the vendor has none."""
    return _CODES.get(slug) or crosswalk.code_of(VENDOR, slug) or slug
