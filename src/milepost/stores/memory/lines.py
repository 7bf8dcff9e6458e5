"""The read model: a line for each shipment, and how far it covers the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from operator import attrgetter
from typing import TypeVar

from milepost.domain.status import MAIN_CODE, STATUSES
from milepost.engine.rows import ListFilter, ShipmentRow
from milepost.identify import normalise

_TROUBLE = frozenset(status.code for status in STATUSES.values() if status.trouble)
CHUNK = 1_000
T = TypeVar("T")


class ShipmentLines:
    """Saves, lists and finds them."""

    def __init__(self) -> None:
        self.shipments: dict[int, ShipmentRow] = {}
        self.checkpoints: dict[int, int] = {}

    async def save_shipments(self, rows: Sequence[ShipmentRow], gone: Sequence[int]) -> None:
        for row in rows:
            self.shipments[row.id] = _merged(self.shipments.get(row.id), row)
        for road in gone:
            self.shipments.pop(road, None)

    async def begin_checkpoint(self, shard: int, shards: int) -> int:
        self.checkpoints.setdefault(shard, min(self.checkpoints.values(), default=0))
        return await self.checkpoint()

    async def save_checkpoint(self, shard: int, seq: int) -> None:
        self.checkpoints[shard] = seq

    async def checkpoint(self) -> int:
        return min(self.checkpoints.values(), default=0)

    async def all_shipments(self) -> AsyncIterator[Sequence[ShipmentRow]]:
        for chunk in chunks(list(self.shipments.values())):
            yield chunk

    async def list_shipments(self, tenant: int, wanted: ListFilter) -> list[ShipmentRow]:
        rows = (row for row in self.shipments.values() if row.tenant == tenant)
        fit = [row for row in rows if _fits(row, wanted)]
        if wanted.by_number:
            after = wanted.after_number or ""
            later = (row for row in fit if row.number > after)
            return sorted(later, key=attrgetter("number"))[: wanted.limit]
        found = sorted(fit, key=_newest, reverse=True)
        if wanted.after is not None:
            found = [row for row in found if _newest(row) < tuple(wanted.after)]
        return found[: wanted.limit]

    async def shipment(self, tenant: int, shipment: int) -> ShipmentRow | None:
        row = self.shipments.get(shipment)
        return row if row is not None and row.tenant == tenant else None

    async def numbers_of_order(self, tenant: int, order_number: str) -> list[str]:
        rows = [
            row
            for row in self.shipments.values()
            if (row.tenant, row.order_number) == (tenant, order_number)
        ]
        return [row.number for row in sorted(rows, key=attrgetter("created_us", "number"))][:200]

    async def names_of(self, roads: Sequence[int]) -> dict[int, tuple[int, str]]:
        rows = (self.shipments.get(road) for road in roads)
        return {row.id: (row.tenant, row.number) for row in rows if row is not None}


def _newest(row: ShipmentRow) -> tuple[int, int]:
    return (row.last_s, row.id)


def _fits(row: ShipmentRow, wanted: ListFilter) -> bool:
    return (
        (wanted.roads is None or row.id in wanted.roads)
        and (wanted.main is None or row.main == MAIN_CODE[wanted.main])
        and (wanted.carrier is None or row.carrier == wanted.carrier)
        and (not wanted.trouble or row.alerts > 0 or row.code in _TROUBLE)
        and (not wanted.text or _begins(row, wanted.text))
    )


def _begins(row: ShipmentRow, text: str) -> bool:
    number = normalise(text)
    return bool(number and row.number.startswith(number)) or (
        row.order_number is not None and row.order_number.startswith(text.strip())
    )


def _merged(known: ShipmentRow | None, row: ShipmentRow) -> ShipmentRow:
    if known is None:
        return row
    return row._replace(
        carrier=row.carrier or known.carrier,
        order_number=row.order_number or known.order_number,
        first_day=min(row.first_day, known.first_day),
        created_us=min(row.created_us, known.created_us),
        tenant=known.tenant,
    )


def chunks(rows: list[T]) -> Iterable[list[T]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
