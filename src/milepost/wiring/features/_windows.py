"""Arrival windows of many roads, with what notices say that they take longer."""

from __future__ import annotations

from collections.abc import Collection

from milepost.engine.queries import Queries
from milepost.engine.secondlook import Looked
from milepost.eta.facts import Window


def windows_of(queries: Queries, looks: Collection[Looked], now_s: int) -> list[Window | None]:
    """All at once, which costs trained models a fraction; None where there is nothing to go by."""
    if queries.foresight is None:
        return [None] * len(looks)
    delay_s = queries.notices.delay_s
    asked = [(one.tenant, one.whole, delay_s(one.tenant, one.whole, now_s)) for one in looks]
    return queries.foresight.windows(asked, now_s * 1_000_000)
