"""The merchant's and operator's console at `/console`."""

from __future__ import annotations

from milepost.pages.console.native import Answer, Native, Who
from milepost.pages.console.routes import routes
from milepost.pages.console.services import Services

__all__ = ["Answer", "Native", "Services", "Who", "routes"]
