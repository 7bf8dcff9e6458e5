"""The rows of the journey table: one a box, its stays at customs, and its moves between facilities.

All times are seconds since 1970 UTC; None where nobody said when.
"""

from __future__ import annotations

import pyarrow as pa
from msgspec import Struct


class Stay(Struct, frozen=True, gc=False):
    """A stay at customs. `country`: ISO alpha-2. `held`: papers or money were asked for, or it was
    stopped. `entered_s` is None where only the release was told.
    """

    country: str | None
    entered_s: int | None
    left_s: int | None
    held: bool


class Hop(Struct, frozen=True, kw_only=True, gc=False):
    """A stay at a facility, and the move to the next. `step` counts them; `scans` says how many
    scans told of the stay: one alone says nothing of how long it was.
    """

    step: int
    carrier: str | None
    facility: str
    city: str | None
    country: str | None
    arrived_s: int
    departed_s: int
    scans: int
    next_facility: str | None = None
    next_country: str | None = None
    next_arrived_s: int | None = None


class Journey(Struct, frozen=True, kw_only=True, gc=False):
    """One box from its first event to its last. Weights in grams, `promise_s` the newest promise
    before it came, `first_promise_s` the oldest.

    `started_s`: the first movement before delivery. `troubles`: codes, each once, in order.
    `rough`: start or end are told without a zone or without a time of day. `first_attempt`: None
    where nobody tried to deliver it.
    """

    tenant: int
    road: int
    shipment: int
    number: str
    box: int
    carrier: str | None
    last_carrier: str | None
    service: str | None
    categories: list[str]
    goods: str | None
    hs_code: str | None
    packing: str | None
    weight_g: int | None
    origin_country: str | None
    origin_region: str | None
    origin_city: str | None
    destination_country: str | None
    destination_region: str | None
    destination_city: str | None
    created_s: int
    started_s: int | None
    out_for_delivery_s: int | None
    available_s: int | None
    delivered_s: int | None
    returned_s: int | None
    last_s: int
    promise_s: int | None
    first_promise_s: int | None
    code: int
    over: bool
    attempts: int
    first_attempt: bool | None
    troubles: list[int]
    sent_back: bool
    damaged: bool
    lost: bool
    cancelled: bool
    reopened: bool
    rough: bool
    customs: list[Stay]
    events: int


_TEXT = pa.string()
_STAY = pa.struct(
    [
        ("country", _TEXT),
        ("entered_s", pa.int64()),
        ("left_s", pa.int64()),
        ("held", pa.bool_()),
    ]
)
_KINDS: dict[str, pa.DataType] = {
    "str | None": _TEXT,
    "str": _TEXT,
    "int": pa.int64(),
    "int | None": pa.int64(),
    "bool": pa.bool_(),
    "bool | None": pa.bool_(),
    "list[str]": pa.list_(_TEXT),
    "list[int]": pa.list_(pa.int16()),
    "list[Stay]": pa.list_(_STAY),
}
_NARROW: dict[str, pa.DataType] = {
    "tenant": pa.int32(),
    "box": pa.int16(),
    "code": pa.int16(),
    "attempts": pa.int32(),
    "events": pa.int32(),
    "step": pa.int16(),
    "scans": pa.int32(),
}


def _fields(kind: type[Struct]) -> list[tuple[str, pa.DataType]]:
    told = kind.__annotations__
    return [(name, _NARROW.get(name) or _KINDS[str(told[name])]) for name in told]


JOURNEYS = pa.schema(_fields(Journey))
HOPS = pa.schema([("tenant", pa.int32()), ("road", pa.int64()), *_fields(Hop)])
