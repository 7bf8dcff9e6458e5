"""Numbers whose time is up are stopped, and forgotten, though nobody asks for them."""

from __future__ import annotations

from milepost.compat.seventeentrack.registry import sweep

__all__ = ["sweep"]
