"""What is usual on a lane, for rules and foresight: a port; the journey table stands behind it.

`engine.choice.LaneRecords` is the same for recommendations.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from milepost.domain.place import Place


class Usual(Struct, frozen=True):
    """Hours that half, and nine of ten, need at most. `samples`: as many were measured."""

    p50_h: float
    p90_h: float
    samples: int


class LaneUsual(Struct, frozen=True, kw_only=True):
    """`transit`: from the first movement to delivery. `customs`: a stay at the customs of the
    destination. Each is None where nothing was measured.

    `level` says what the lane was narrowed to: `city`, `region` or `country`; `of_carrier` whether
    it is this carrier's record or that of all.
    """

    transit: Usual | None
    customs: Usual | None
    level: str
    of_carrier: bool


class LaneUsuals(Protocol):
    """Where the usual of a lane comes from."""

    async def lane_usual(
        self, tenant: int, *, carrier: str | None, origin: Place, destination: Place
    ) -> LaneUsual | None:
        """None where the tenant has nothing measured between the two."""
        ...

    def known_usual(
        self, tenant: int, *, carrier: str | None, origin: Place, destination: Place
    ) -> LaneUsual | None:
        """The same at once, of what was asked before; what was not is fetched for the next time."""
        ...
