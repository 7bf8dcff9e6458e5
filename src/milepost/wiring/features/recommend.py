"""Tariffs and recommendations. Lanes' records come from `milepost.lane_records`, where a feature
has set it (see `engine.recommend.LaneRecords`); without it times are guesses.
"""

from __future__ import annotations

from collections.abc import Sequence

from milepost.api import recommend
from milepost.engine.advising import Adviser
from milepost.engine.recommend import LaneRecords
from milepost.stores.postgres.tariffs import PostgresTariffs
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature


class Recommend(Feature):
    """The endpoints."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.adviser = Adviser(PostgresTariffs(context.pool), self._records)

    def endpoints(self) -> Sequence[Endpoint]:
        running = self._context.milepost
        return recommend.endpoints(
            self.adviser, self._context.now_us, lambda tenant: tenant in running.synthetic
        )

    def _records(self) -> LaneRecords | None:
        # Asked for each time: the feature that keeps records may start after this one.
        found: LaneRecords | None = getattr(self._context.milepost, "lane_records", None)
        return found


def open_feature(context: Context) -> Feature:
    return Recommend(context)
