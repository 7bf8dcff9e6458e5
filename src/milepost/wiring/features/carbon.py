"""Carbon of shipments. Sets of factors in the data folder's `factors` stand beside the one that
ships; a file that cannot be read is told in the log and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import structlog

from milepost.api import carbon
from milepost.carbon.factors import Factors, defra_2025, read_factors
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature

_log = structlog.get_logger()


class Carbon(Feature):
    """The endpoints."""

    def __init__(self, context: Context) -> None:
        self._services = context.milepost.services
        self._sets = known_sets(context.settings.data / "factors")

    def endpoints(self) -> Sequence[Endpoint]:
        return carbon.endpoints(self._services, self._sets)


def known_sets(folder: Path) -> dict[str, Factors]:
    """By label in small letters, the one that ships first."""
    found = [defra_2025()]
    for path in sorted(folder.glob("*.*")) if folder.is_dir() else []:
        try:
            found.append(read_factors(path.read_bytes(), path.name))
        except (ValueError, OSError) as error:
            _log.warning("factors_unreadable", file=str(path), error=str(error))
    return {one.label.casefold(): one for one in found}


def open_feature(context: Context) -> Feature:
    return Carbon(context)
