"""A ledger in memory, for tests of whoever builds on Milepost. Behaves as the PostgreSQL one does.

It keeps what is committed as long as the object lives: open another engine over the same ledger
and it finds what the first had made durable.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.msgpack import encode
from msgspec.structs import replace

from milepost.domain.alert import Finding
from milepost.domain.event import pack_body, unpack_body
from milepost.domain.status import MAIN_CODE, STATUSES
from milepost.engine.ports import (
    AlertChange,
    Announcement,
    FactRow,
    Group,
    Link,
    ListFilter,
    OpenAlert,
    Raw,
    Row,
    ShipmentRow,
    UnreadRow,
    Verbatim,
)
from milepost.engine.redact import restored, restored_facts
from milepost.identify import normalise

_TROUBLE = frozenset(status.code for status in STATUSES.values() if status.trouble)
CHUNK = 1_000
T = TypeVar("T")


class AlertRow(Struct):
    """An alert as it is kept: open until `cleared_s` is set."""

    tenant: int
    shipment: int
    number: str
    finding: Finding
    cleared_s: int | None = None


class MemoryLedger:
    """See `engine.ports.Ledger`. What was written may be looked at in its public attributes."""

    keeps_verbatim = True

    def __init__(self) -> None:
        self.sealed: list[Verbatim] = []
        self.commits: dict[int, int] = {}
        self.journal: list[tuple[int, Row]] = []
        self.raws: dict[int, Raw] = {}
        self.unread: list[UnreadRow] = []
        self.fact_rows: list[FactRow] = []
        self.alerts: list[AlertRow] = []
        self.outbox: list[Announcement] = []
        self.shipments: dict[int, ShipmentRow] = {}
        self.checkpoints: dict[int, int] = {}
        self._links: dict[tuple[int, str], Link] = {}
        self._roads: dict[int, list[Row]] = {}
        self._last_seq = 0
        self._next_raw = 1

    async def commit(self, shard: int, group: Group) -> int:
        if group.seq is None:
            self._last_seq += 1
            group.seq = self._last_seq
        elif group.seq in self.commits:
            return group.seq
        rows = [_kept(row) for row in group.rows]  # fails as a whole, before anything is written
        self.commits[group.seq] = shard
        self._append(rows, group.seq)
        self.raws |= {raw.id: raw for raw in group.raws}
        self.unread += group.unread
        self.fact_rows += group.facts
        self.outbox += group.outbox
        self.sealed += group.sealed
        for change in group.alerts:
            self._alert(change)
        for change in group.moved:
            self._move(change)
        return group.seq

    def _append(self, rows: Iterable[Row], seq: int) -> None:
        for row in rows:
            self.journal.append((seq, row))
            self._roads.setdefault(row.event.parcel, []).append(row)

    def _alert(self, change: AlertChange) -> None:
        known = self._open_alert(change.shipment, change.rule)
        if change.finding is None:
            if known is not None:
                known.cleared_s = max(change.cleared_s or 0, known.finding.since_s)
        elif known is None:
            row = AlertRow(change.tenant, change.shipment, change.number, change.finding)
            self.alerts.append(row)

    def _move(self, change: AlertChange) -> None:
        known = self._open_alert(change.shipment, change.rule)
        if known is not None and change.finding is not None:
            known.finding = known.finding._replace(since_s=change.finding.since_s)

    def _open_alert(self, shipment: int, rule: str) -> AlertRow | None:
        for row in self.alerts:
            if (row.shipment, row.finding.rule, row.cleared_s) == (shipment, rule, None):
                return row
        return None

    async def reserve_raw_ids(self) -> range:
        first = self._next_raw
        self._next_raw += 1_000
        return range(first, self._next_raw)

    async def road_and_facts(
        self, tenant: int, parcels: Sequence[int], since: date, private: bool = False
    ) -> tuple[list[Row], list[FactRow]]:
        rows, facts = await self.road(tenant, parcels, since), await self.facts(tenant, parcels)
        if not private:
            return rows, facts
        said = await self.verbatim(tenant, parcels)
        names = [one.fields["signed_by"] for one in self.sealed if "signed_by" in one.fields]
        rows = [row._replace(event=restored(row.event, said.get(row.event.fingerprint)))
                for row in rows]  # fmt: skip
        return rows, [restored_facts(row, names) for row in facts]

    async def verbatim(self, tenant: int, parcels: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        mine = (one for one in self.sealed if one.tenant == tenant and one.parcel in parcels)
        return {one.fingerprint: one.fields for one in mine if one.fingerprint}

    async def road(self, tenant: int, parcels: Sequence[int], since: date) -> list[Row]:
        found = [
            row
            for parcel in dict.fromkeys(parcels)
            for row in self._roads.get(parcel, ())
            if row.tenant == tenant and _day(row.event.received_us) >= since
        ]
        return sorted(found, key=_in_order)

    async def facts(self, tenant: int, parcels: Sequence[int]) -> list[FactRow]:
        wanted = set(parcels)
        found = [row for row in self.fact_rows if row.tenant == tenant and row.parcel in wanted]
        return sorted(found, key=lambda row: (row.observed_us, encode(row.facts)))

    async def all_facts(self, tenant: int | None = None) -> AsyncIterator[Sequence[FactRow]]:
        found = [
            row
            for row in self.fact_rows
            if (row.facts.categories if tenant is None else row.tenant == tenant)
        ]
        yield sorted(found, key=lambda row: (row.parcel, row.observed_us, encode(row.facts)))

    async def links(self) -> list[Link]:
        return list(self._links.values())

    async def add_links(self, links: Sequence[Link]) -> None:
        for link in links:
            known = self._links.get((link.tenant, link.number))
            carrier = link.carrier or (known.carrier if known else None)
            self._links[link.tenant, link.number] = link._replace(carrier=carrier)

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
        for chunk in _chunks(list(self.shipments.values())):
            yield chunk

    async def journal_since(self, seq: int) -> AsyncIterator[Sequence[Row]]:
        rows = sorted((pair for pair in self.journal if pair[0] > seq), key=lambda pair: pair[0])
        for chunk in _chunks([row for _, row in rows]):
            yield chunk

    async def list_shipments(self, tenant: int, wanted: ListFilter) -> list[ShipmentRow]:
        rows = (row for row in self.shipments.values() if row.tenant == tenant)
        found = sorted((row for row in rows if _fits(row, wanted)), key=_newest, reverse=True)
        if wanted.after is not None:
            found = [row for row in found if _newest(row) < tuple(wanted.after)]
        return found[: wanted.limit]

    async def open_alerts(self, roads: Sequence[int] | None = None) -> list[OpenAlert]:
        return [
            OpenAlert(row.shipment, row.finding)
            for row in self.alerts
            if row.cleared_s is None and (roads is None or row.shipment in roads)
        ]

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

    async def ping(self) -> None:
        return


def _kept(row: Row) -> Row:
    """As it would come back from a disk: what cannot be packed fails here as it does there."""
    body = unpack_body(pack_body(row.event.body))
    return row._replace(event=replace(row.event, body=body))


def _day(received_us: int) -> date:
    return datetime.fromtimestamp(received_us // 1_000_000, UTC).date()


def _in_order(row: Row) -> tuple[int, int, int]:
    return (row.event.at_us, row.event.code, row.event.fingerprint)


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


def _chunks(rows: list[T]) -> Iterable[list[T]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
