"""Lanes' records from the journey table, for recommendations, rules and foresight.

One question fetches all carriers and services between two countries; it is kept for a while.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from time import monotonic
from typing import Any, NamedTuple

from msgspec import Struct

from milepost.analytics.duck import records
from milepost.analytics.reports import Reports
from milepost.analytics.shrinking import times_of
from milepost.analytics.spots import Spot, spot
from milepost.domain.place import Place
from milepost.engine.choice import FEW, LaneRecord
from milepost.engine.lane_record import LaneUsual, Usual

KEPT_S = 600.0
_MOST_LANES = 2_000
# From near to far: of the first that has enough shipments the record is taken.
_LEVELS = ("city", "region", "country")
_SQL = (files(__package__) / "records.sql").read_text("utf-8")


class Record(Struct, frozen=True):
    """See `engine.choice.LaneRecord`. `level`: what the lane was narrowed to."""

    p50_h: float
    p90_h: float
    kept_pm: int | None
    damaged_pm: int | None
    customs_held_pm: int | None
    samples: int
    level: str


class _Key(NamedTuple):
    tenant: int
    origin: Spot
    destination: Spot


class Lanes:
    """See `engine.choice.LaneRecords` and `engine.lane_record.LaneUsuals`."""

    def __init__(self, reports: Reports, clock_s: Callable[[], float] = monotonic) -> None:
        self._reports = reports
        self._clock_s = clock_s
        self._kept: OrderedDict[_Key, tuple[float, list[dict[str, Any]]]] = OrderedDict()
        self._fetching: dict[_Key, asyncio.Task[list[dict[str, Any]]]] = {}

    async def lane_record(
        self, tenant: int, *, carrier: str, service: str, origin: Place, destination: Place,
        category: str | None,
    ) -> LaneRecord | None:  # fmt: skip
        """The nearest level that has enough shipments, of this service and kind of goods if they
        have enough, else of all the carrier's.
        """
        rows = await self._rows(_Key(tenant, spot(origin), spot(destination)))
        mine = [row for row in rows if row["carrier"] == carrier and row["samples"]]
        found = _best(mine, [(service, category), (service, None), (None, category), (None, None)])
        if found is None:
            return None
        of_all = _best([row for row in rows if row["carrier"] is None], [(None, None)])
        return _record(found, [of_all, found] if of_all else [found])

    async def lane_usual(
        self, tenant: int, *, carrier: str | None, origin: Place, destination: Place
    ) -> LaneUsual | None:
        key = _Key(tenant, spot(origin), spot(destination))
        return _usual(await self._rows(key), carrier)

    def known_usual(
        self, tenant: int, *, carrier: str | None, origin: Place, destination: Place
    ) -> LaneUsual | None:
        key = _Key(tenant, spot(origin), spot(destination))
        kept = self._kept.get(key)
        if (kept is None or self._old(kept[0])) and key not in self._fetching:
            self._fetch(key)
        return _usual(kept[1], carrier) if kept else None

    async def _rows(self, key: _Key) -> list[dict[str, Any]]:
        kept = self._kept.get(key)
        if kept is not None and not self._old(kept[0]):
            self._kept.move_to_end(key)
            return kept[1]
        return await asyncio.shield(self._fetching.get(key) or self._fetch(key))

    def _old(self, at_s: float) -> bool:
        return self._clock_s() - at_s > KEPT_S

    def _fetch(self, key: _Key) -> asyncio.Task[list[dict[str, Any]]]:
        task = asyncio.create_task(self._fetched(key))
        self._fetching[key] = task
        task.add_done_callback(lambda _: self._fetching.pop(key, None))
        return task

    async def _fetched(self, key: _Key) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if key.origin.country and key.destination.country:
            found = await self._reports.ask(
                key.tenant, None, 0, lambda duck, _: records(duck, _SQL, _values(key))
            )
        self._kept[key] = self._clock_s(), found
        if len(self._kept) > _MOST_LANES:
            self._kept.popitem(last=False)
        return found

    async def close(self) -> None:
        """Ends what is being fetched."""
        for task in list(self._fetching.values()):
            task.cancel()
        await asyncio.gather(*self._fetching.values(), return_exceptions=True)


def _values(key: _Key) -> dict[str, Any]:
    return {
        f"{end}_{name}": getattr(one, name)
        for end, one in (("origin", key.origin), ("destination", key.destination))
        for name in _LEVELS
    }


def _best(
    rows: Sequence[dict[str, Any]], wanted: Iterable[tuple[str | None, str | None]]
) -> dict[str, Any] | None:
    """Near before far, particular before general; whatever there is where nothing has enough."""
    asked = list(wanted)
    ordered = [
        row
        for level in _LEVELS
        for service, category in asked
        for row in rows
        if (row["level"], row["service"], row["category"]) == (level, service, category)
    ]
    enough = (row for row in ordered if row["samples"] >= FEW)
    return next(enough, max(ordered, key=lambda row: row["samples"], default=None))


def _record(row: dict[str, Any], above: Sequence[dict[str, Any]]) -> Record:
    """`above`: what a short record's times are drawn to, the record itself last."""
    times = times_of(above)
    return Record(
        p50_h=round(times.p50_s / 3600, 1),
        p90_h=round(times.p90_s / 3600, 1),
        kept_pm=_per_mille(row["kept"], row["promised"]),
        damaged_pm=_per_mille(row["damaged"], row["ended"]),
        customs_held_pm=_per_mille(row["held"], row["ended"]),
        samples=row["samples"],
        level=row["level"],
    )


def _per_mille(count: int, of: int) -> int | None:
    return round(1000 * count / of) if of else None


def _usual(rows: Sequence[dict[str, Any]], carrier: str | None) -> LaneUsual | None:
    general = [row for row in rows if row["service"] is None and row["category"] is None]
    for name in (carrier, None) if carrier else (None,):
        found = _best([row for row in general if row["carrier"] == name], [(None, None)])
        if found and (name is None or found["samples"] >= FEW):
            return LaneUsual(
                transit=_hours(found, "p50_s", "p90_s", "samples"),
                customs=_hours(found, "customs_p50_s", "customs_p90_s", "customs_samples"),
                level=found["level"],
                of_carrier=name is not None,
            )
    return None


def _hours(row: dict[str, Any], middle: str, slow: str, samples: str) -> Usual | None:
    if not row[samples]:
        return None
    return Usual(round(row[middle] / 3600, 1), round(row[slow] / 3600, 1), row[samples])
