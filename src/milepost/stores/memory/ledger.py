"""A ledger in memory: another engine over the same object finds what the first made durable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from msgspec.msgpack import encode

from milepost.engine.redact import FACTS, restored, restored_facts
from milepost.engine.rows import FactRow, Link, Row
from milepost.stores.memory.commits import Commits
from milepost.stores.memory.lines import ShipmentLines, chunks


class MemoryLedger(Commits, ShipmentLines):
    """See `engine.ports.Ledger`."""

    keeps_verbatim = True

    def __init__(self) -> None:
        Commits.__init__(self)
        ShipmentLines.__init__(self)
        self._links: dict[tuple[int, str], Link] = {}

    async def road_and_facts(
        self,
        tenant: int,
        parcels: Sequence[int],
        since: date,
        private: bool = False,
        *,
        patient: bool = False,
    ) -> tuple[list[Row], list[FactRow]]:
        rows, facts = await self.road(tenant, parcels, since), await self.facts(tenant, parcels)
        if not private:
            return rows, facts
        said = await self.verbatim(tenant, parcels)
        told = [
            one.fields for one in self.sealed
            if one.fingerprint == FACTS and one.tenant == tenant and one.parcel in parcels
        ]  # fmt: skip
        rows = [Row(row.tenant, row.raw, restored(row.event, said.get(row.event.fingerprint)))
                for row in rows]  # fmt: skip
        return rows, [restored_facts(row, told) for row in facts]

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

    async def journal_since(self, seq: int) -> AsyncIterator[Sequence[Row]]:
        rows = sorted((pair for pair in self.journal if pair[0] > seq), key=lambda pair: pair[0])
        for chunk in chunks([row for _, row in rows]):
            yield chunk

    async def ping(self) -> None:
        return


def _day(received_us: int) -> date:
    return datetime.fromtimestamp(received_us // 1_000_000, UTC).date()


def _in_order(row: Row) -> tuple[int, int, int]:
    return (row.event.at_us, row.event.code, row.event.fingerprint)
