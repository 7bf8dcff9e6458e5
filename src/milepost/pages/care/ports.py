"""What the care pages need from the floors below; the roof wires it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from milepost.carbon.model import Carbon
from milepost.domain.track import Track
from milepost.engine.cases.desk import CaseDesk
from milepost.engine.cases.ports import CaseStore
from milepost.engine.notifying import Contact, Kind, Subscriber
from milepost.engine.onetime import OneTimeCodes
from milepost.engine.proven import Proven
from milepost.engine.subscribing import Subscribing
from milepost.pages.ports import Extras, Lookup
from milepost.web.limits import Limiter


class CareRooms(Struct, kw_only=True):
    """`tenant_of` says whose road the public page shows; `keys_of` gives the shipment's own key and
    those of all its numbers; `reached_by` the kinds of contacts that a tenant can send to.
    `contact` checks an address and gives its usual spelling, or raises ValueError.
    `keep_picture` keeps a photograph as evidence (tenant, shipment's key, bytes, what they are said
    to be) and gives its reference, or raises EvidenceError.
    `token_of` gives what proves, for a day, that its holder is the consignee.
    """

    lookup: Lookup
    extras: Extras
    desk: Callable[[], CaseDesk]
    cases: CaseStore
    proven: Proven
    codes: OneTimeCodes
    subscribing: Subscribing
    limiter: Limiter
    now_us: Callable[[], int]
    tenant_of: Callable[[str], Awaitable[int | None]]
    keys_of: Callable[[int, str], tuple[int, tuple[int, ...]]]
    reached_by: Callable[[int], Awaitable[Sequence[Kind]]]
    contact: Callable[[Kind, str], Contact]
    token_of: Callable[[int, str], str]
    changed: Callable[[int], Awaitable[None]]
    carbon_of: Callable[[Track], Carbon | None]
    keep_picture: Callable[[int, int, bytes, str], Awaitable[str]]
    hosts: frozenset[str] = frozenset()
    push_key: str = ""


class Parcel(Struct, frozen=True):
    """The parcel that a page is about, as its public."""

    tenant: int
    number: str
    track: Track


__all__ = ["CareRooms", "Parcel", "Subscriber"]
