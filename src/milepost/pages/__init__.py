"""The buyer's pages: look-up at `/`, one parcel's road at `/t/{number}`."""

from __future__ import annotations

from milepost.pages.ports import Lookup, Missing
from milepost.pages.routes import routes

__all__ = ["Lookup", "Missing", "routes"]
