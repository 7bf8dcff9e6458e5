"""What the engine needs from outside, as protocols. `wiring.py` gives the real ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from milepost.domain.alert import Finding
from milepost.domain.event import Event
from milepost.domain.scan import Facts


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


class Row(NamedTuple):
    """An event on its way into the journal (or back from it)."""

    tenant: int
    raw: int | None
    event: Event


class Raw(NamedTuple):
    """A payload as it came in. `body` is compressed with zstd."""

    id: int
    tenant: int
    source: str
    content_type: str | None
    received_us: int
    body: bytes


class UnreadRow(NamedTuple):
    """A piece of a payload that nobody could read."""

    tenant: int
    raw: int | None
    source: str
    place: str
    reason: str
    sample: str
    received_us: int


class FactRow(NamedTuple):
    """Facts of a shipment, as one source stated them at one time."""

    parcel: int
    tenant: int
    observed_us: int
    source: str
    facts: Facts


class AlertChange(NamedTuple):
    """An alert that opens (`finding`) or clears (`cleared_s`)."""

    tenant: int
    shipment: int
    number: str
    rule: str
    finding: Finding | None
    cleared_s: int | None


class OpenAlert(NamedTuple):
    """An alert that stands, on the road it was opened for."""

    shipment: int
    finding: Finding


class Announcement(NamedTuple):
    """What subscribers are told: one row of the outbox."""

    tenant: int
    shipment: int
    topic: str
    number: str
    payload: bytes
    created_us: int


class Verbatim(NamedTuple):
    """What an event said before it was masked, by field, on its way into the vault; `fingerprint`
    is 0 for facts. The journal never has it.
    """

    tenant: int
    parcel: int
    fingerprint: int
    fields: Mapping[str, Any]


class Mention(NamedTuple):
    """A raw payload that speaks of a parcel although it gave no row of the journal."""

    tenant: int
    parcel: int
    raw: int


class Group(Struct, kw_only=True):
    """All that one transaction writes. `seq` is set by the ledger at its first try. `moved` are
    alerts that stay open, but began at another time: nobody is told of that.
    """

    seq: int | None = None
    touched: list[int] = []
    rows: list[Row] = []
    raws: list[Raw] = []
    unread: list[UnreadRow] = []
    facts: list[FactRow] = []
    alerts: list[AlertChange] = []
    moved: list[AlertChange] = []
    outbox: list[Announcement] = []
    sealed: list[Verbatim] = []
    mentions: list[Mention] = []


class Link(NamedTuple):
    """A tracking number's place in a shipment. `box` counts parcels, `position` their legs.

    `parcel` is the number's own key, `road` that of the first number of the same box (its state
    is kept under it), `shipment` that of the first number of the first box.
    """

    tenant: int
    number: str
    parcel: int
    road: int
    shipment: int
    carrier: str | None
    box: int
    position: int


class ShipmentRow(NamedTuple):
    """A line of the read model."""

    id: int
    tenant: int
    number: str
    carrier: str | None
    order_number: str | None
    main: int
    code: int
    since_s: int
    last_s: int
    first_day: date
    alerts: int
    state: bytes
    covers_seq: int
    created_us: int


class ListFilter(Struct, frozen=True, kw_only=True):
    """Which shipments a list shows. `text` is the beginning of a tracking number, however it is
    spelt, or of an order number as the merchant writes it.
    """

    main: str | None = None
    carrier: str | None = None
    text: str | None = None
    trouble: bool | None = None
    # Only these roads; None for all.
    roads: tuple[int, ...] | None = None
    limit: int = 50
    after: tuple[int, int] | None = None


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
        self, tenant: int, parcels: Sequence[int], since: date, private: bool = False
    ) -> tuple[list[Row], list[FactRow]]:
        """Events and facts of some parcels in one question, each oldest first. `private`: as their
        sources told them, where that is not erased.
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
