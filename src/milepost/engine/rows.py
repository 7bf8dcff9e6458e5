"""What goes in and out of the ledger: rows, and the group that one transaction writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from msgspec import Struct

from milepost.domain.alert import Finding
from milepost.domain.event import Event
from milepost.domain.scan import Facts


# There is one for every scan: to make it takes a fifth of what a tuple with names takes, and the
# collector does not look at it.
class Row(Struct, frozen=True, array_like=True, gc=False):
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
    """An alert that opens (`finding`) or clears (`cleared_s`). `because`: the fingerprints of the
    events that it rests on.
    """

    tenant: int
    shipment: int
    number: str
    rule: str
    finding: Finding | None
    cleared_s: int | None
    because: tuple[int, ...] = ()


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
    # By the number, which no event changes, instead of the newest event first.
    by_number: bool = False
    after_number: str | None = None


class SlowListError(RuntimeError):
    """No page of a list was found in time; the text is for whoever asked."""

    def __init__(self) -> None:
        super().__init__(
            "Too many shipments would have to be looked at for these filters together; "
            "ask with fewer or narrower ones."
        )
