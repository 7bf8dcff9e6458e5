"""What the engine needs from outside, as protocols. `wiring.py` gives the real ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from milepost.engine.rows import (
    FactRow,
    Group,
    Link,
    ListFilter,
    OpenAlert,
    Row,
    ShipmentRow,
)


class CodeLike(Protocol):
    """An entry of a carrier's exact code table."""

    @property
    def sub(self) -> str: ...

    @property
    def coarse(self) -> bool: ...


class CarrierTables(Protocol):
    """What is known of carriers: code tables, zones, other names."""

    def codes(self, slug: str) -> Mapping[str, CodeLike]: ...

    def zone(self, slug: str) -> str | None: ...

    def country(self, slug: str) -> str | None: ...

    def slug(self, name: str) -> str: ...


class Ledger(Protocol):
    """Where everything durable is kept. Answers only of the tenant that asks.

    `keeps_verbatim`: a group's `sealed` is kept in a vault; else nothing may be masked.
    """

    keeps_verbatim: bool

    async def commit(self, shard: int, group: Group) -> int:
        """Write a group in one transaction; its sequence number once it is durable."""
        ...

    async def reserve_raw_ids(self) -> range:
        """Ids for raw payloads, unique for ever."""
        ...

    async def road(self, tenant: int, parcels: Sequence[int], since: date) -> list[Row]:
        """The journal's events of some parcels, oldest first."""
        ...

    async def road_and_facts(
        self,
        tenant: int,
        parcels: Sequence[int],
        since: date,
        private: bool = False,
        *,
        patient: bool = False,
    ) -> tuple[list[Row], list[FactRow]]:
        """Events and facts of some parcels in one question, each oldest first. `private`: as their
        sources told them, where that is not erased. `patient`: nobody waits for the answer.
        """
        ...

    async def verbatim(self, tenant: int, parcels: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        """What the vault has of some parcels' events, by fingerprint."""
        ...

    async def facts(self, tenant: int, parcels: Sequence[int]) -> list[FactRow]: ...

    def all_facts(self, tenant: int | None = None) -> AsyncIterator[Sequence[FactRow]]:
        """Facts, each parcel's oldest first: all of a tenant, or of everybody's those that name
        goods which need care.
        """
        ...

    async def links(self) -> list[Link]: ...

    async def add_links(self, links: Sequence[Link]) -> None: ...

    async def save_shipments(self, rows: Sequence[ShipmentRow], gone: Sequence[int]) -> None:
        """Write lines of the read model; `gone` are those merged into another shipment."""
        ...

    async def begin_checkpoint(self, shard: int, shards: int) -> int:
        """Before a shard of so many loads: from where it must replay. It counts from now on, even
        if it never writes a line.
        """
        ...

    async def save_checkpoint(self, shard: int, seq: int) -> None: ...

    async def checkpoint(self) -> int:
        """The sequence up to which every shard's shipment rows are complete."""
        ...

    def all_shipments(self) -> AsyncIterator[Sequence[ShipmentRow]]: ...

    def journal_since(self, seq: int) -> AsyncIterator[Sequence[Row]]: ...

    async def list_shipments(self, tenant: int, wanted: ListFilter) -> list[ShipmentRow]: ...

    async def open_alerts(self, roads: Sequence[int] | None = None) -> list[OpenAlert]:
        """Of these roads, or of all."""
        ...

    async def shipment(self, tenant: int, shipment: int) -> ShipmentRow | None: ...

    async def numbers_of_order(self, tenant: int, order_number: str) -> list[str]: ...

    async def names_of(self, roads: Sequence[int]) -> dict[int, tuple[int, str]]:
        """Road → (tenant, number) from the read model."""
        ...

    async def ping(self) -> None: ...
