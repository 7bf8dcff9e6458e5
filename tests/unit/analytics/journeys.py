"""Invented roads, and a journey table made of them without any database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from milepost.analytics.answers import Answer, BehindPage
from milepost.analytics.catalogue import Reach
from milepost.analytics.journey import Box, journey_of
from milepost.analytics.live import LiveRows, tables
from milepost.analytics.model import Hop, Journey
from milepost.analytics.reports import Reports
from milepost.analytics.selection import Selection
from milepost.analytics.table import JourneyTable
from milepost.domain.event import Event, EventBody, fingerprint_of, key_of
from milepost.domain.marks import PROMISE
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.status import SUB_CODE
from milepost.engine.unfold import whole_of

HOUR = 3600
DAY = 86_400
START_S = 1_790_000_000 - 1_790_000_000 % DAY  # 2026-09-21
NOW_S = START_S + 60 * DAY
CN, DE = Place(city="Shenzhen", country="CN"), Place(city="Berlin", country="DE")


def event(number: str, at_h: float, sub: str, **more: Any) -> Event:
    """An event so many hours after `START_S`; `promise` takes `until_h`."""
    at_s = START_S + round(at_h * HOUR)
    until_h = more.pop("until_h", None)
    code = PROMISE if sub == "promise" else SUB_CODE[sub]
    promised = None if until_h is None else START_S + round(until_h * HOUR)
    body = EventBody(
        number=number, source="scans", carrier=more.get("carrier", "sf"), place=more.get("place"),
        text=more.get("text"), estimated_to_us=promised and promised * 1_000_000,
    )  # fmt: skip
    fingerprint = fingerprint_of(number, at_h, sub, repr(more))
    reference = more.get("retracts", promised)
    return Event(
        key_of(more.get("tenant", 1), number), fingerprint, at_s * 1_000_000, 480,
        more.get("quality", 0), code, at_s * 1_000_000, reference, body,
    )  # fmt: skip


def row(
    number: str, events: Sequence[Event], tenant: int = 1, **facts: Any
) -> tuple[Journey, list[Hop]]:
    """The row of a road."""
    whole = whole_of(events, [Facts(number=number, **({"origin": CN, "destination": DE} | facts))])
    key = key_of(tenant, number)
    kept = {one.fingerprint: one for one in whole.events}
    return journey_of(
        Box(
            tenant,
            key,
            key,
            number,
            1,
            None,
            whole.shipment,
            whole.shipment.marks,
            kept,
            whole.facts,
        )
    )


def road(
    number: str, hours: float, *, start_h: float = 0, carrier: str = "sf", tenant: int = 1,
    promised_h: float | None = None, more: Sequence[Event] = (), end: str = "delivered",
    **facts: Any,
) -> tuple[Journey, list[Hop]]:  # fmt: skip
    """Picked up at `start_h`, delivered `hours` later; still on its way if `hours` is nought."""
    given = {"carrier": carrier, "tenant": tenant}
    events = [event(number, start_h, "picked_up", **given), *more]
    if hours:
        events.append(event(number, start_h + hours, end, **given))
    if promised_h is not None:
        events.append(
            event(number, start_h - 1, "promise", until_h=start_h + promised_h, **given)
        )  # fmt: skip
    return row(number, events, tenant, **facts)


class Bench:
    """A table in a folder, and questions to it."""

    def __init__(self, folder: Path, rows: Sequence[Any] = (), live: Sequence[Any] = ()) -> None:
        self.table = JourneyTable(folder)
        if rows:
            self.table.add(rows, [], Reach(1, 1))
        self.live = tables(list(live)) if live else None
        self.reports = Reports(self.table, self, lambda: NOW_S * 1_000_000)  # type: ignore[arg-type]

    async def rows(self, tenant: int) -> LiveRows | None:
        """What `live.Live` gives."""
        return self.live

    def ask(self, name: str, *by: str, tenant: int = 1, **filters: str) -> Answer:
        return asyncio.run(self.reports.report(tenant, name, Selection(by=by, filters=filters)))

    def one(self, name: str, *by: str, **filters: str) -> dict[str, Any]:
        """The only row."""
        (found,) = self.ask(name, *by, **filters).rows
        return found

    def behind(
        self, name: str, which: str | None = None, limit: int = 100,
        after: tuple[int, int] | None = None, tenant: int = 1, **filters: str,
    ) -> BehindPage:  # fmt: skip
        return asyncio.run(
            self.reports.behind(
                tenant, name, Selection(filters=filters), which=which, limit=limit, after=after
            )
        )
