"""Which carrier a client means: this vendor's own names first, then the common crosswalk."""

from __future__ import annotations

from milepost.compat.core.names import CarrierNames
from milepost.compat.easypost import VENDOR

_NAMES = CarrierNames("milepost.compat.easypost", VENDOR)
CARRIERS = _NAMES.table
slug_of = _NAMES.slug_of
code_of = _NAMES.code_of
