"""AfterShip's courier slugs. A carrier for which none is known goes by our own slug. Pure."""

from __future__ import annotations

from milepost.compat.aftership import VENDOR
from milepost.compat.core import Crosswalk
from milepost.identify import load_formats

# What AfterShip says of a tracking whose carrier nobody has told yet.
UNRECOGNIZED = "unrecognized"


def slug_for(crosswalk: Crosswalk, carrier: str | None) -> str | None:
    """The slug that clients see for a carrier of ours."""
    return None if carrier is None else crosswalk.code_of(VENDOR, carrier) or carrier


def carrier_for(crosswalk: Crosswalk, slug: str) -> str | None:
    """Our carrier behind a slug, None for one that nobody knows."""
    slug = slug.strip().lower()
    if carrier := crosswalk.slug_of(VENDOR, slug):
        return carrier
    ours = crosswalk.row(slug) is not None or slug in load_formats().weights
    return slug if ours and crosswalk.code_of(VENDOR, slug) is None else None
