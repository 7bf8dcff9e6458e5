"""Dialects: clients of other tracking services work against Milepost, one folder a vendor."""

from milepost.compat.core.checking import problems
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.core.discovery import all_dialects, routes
from milepost.compat.core.services import CompatServices

__all__ = ["CompatServices", "all_dialects", "crosswalk", "problems", "routes"]
