"""The buyer's pages: look-up at `/`, a parcel's road at `/t/{number}`, and what is around them."""

from __future__ import annotations

from milepost.pages.ports import (
    Brand,
    ColdChain,
    Evidence,
    Extras,
    Lookup,
    Missing,
    Reading,
    Yours,
)
from milepost.pages.routes import routes

__all__ = [
    "Brand",
    "ColdChain",
    "Evidence",
    "Extras",
    "Lookup",
    "Missing",
    "Reading",
    "Yours",
    "routes",
]
