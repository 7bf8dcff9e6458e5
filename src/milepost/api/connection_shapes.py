"""What `/v1/connections` takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from milepost.domain.moment import to_datetime
from milepost.engine.polling import Connection, Freshness

Text = Annotated[str, Meta(min_length=1, max_length=512)]
Name = Annotated[str, Meta(max_length=200)]
Url = Annotated[str, Meta(min_length=1, max_length=2048)]
Slug = Annotated[str, Meta(min_length=1, max_length=64)]
Rate = Annotated[float, Meta(gt=0, le=1000)]
Width = Annotated[int, Meta(ge=1, le=64)]
Budget = Annotated[int, Meta(ge=1, le=2_000_000_000)]
Seconds = Annotated[int, Meta(ge=1, le=100_000_000)]


class ConnectionOptions(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Rarely needed. `phone_tail`: last four digits of the sender's phone, which SF and ZTO ask
    for. `…_s`: the pace, in seconds; see the docs page on connections.
    """

    phone_tail: Annotated[str, Meta(pattern="^[0-9]{4}$")] | None = None
    request_type: Annotated[str, Meta(pattern="^[0-9]{4}$")] | None = None
    path: Annotated[str, Meta(pattern="^/[A-Za-z0-9/._-]*$", max_length=200)] | None = None
    version: Annotated[str, Meta(pattern="^[A-Za-z0-9.-]+$", max_length=20)] | None = None
    resultv2: Annotated[str, Meta(pattern="^[0-9]$")] | None = None
    shortest_s: Seconds | None = None
    longest_s: Seconds | None = None
    near_s: Seconds | None = None
    grace_s: Seconds | None = None
    give_up_s: Seconds | None = None


class NewConnection(Struct, forbid_unknown_fields=True, kw_only=True):
    """`source`: kdniao, kuaidi100, 17track … `carriers`: only shipments of these; all without.

    `daily_budget`: calls a UTC day and no more. Rates are the source's usual ones unless given.
    """

    source: Slug
    credentials: dict[str, Text]
    name: Name = ""
    base_url: Url | None = None
    carriers: Annotated[list[Slug], Meta(max_length=500)] = []
    rate_per_s: Rate | None = None
    concurrency: Width | None = None
    daily_budget: Budget | None = None
    options: ConnectionOptions = msgspec.field(default_factory=ConnectionOptions)
    active: bool = True


class ConnectionChange(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is given is changed; credentials are changed as a whole. `active` false pauses."""

    credentials: dict[str, Text] | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    base_url: Url | UnsetType | None = UNSET
    carriers: Annotated[list[Slug], Meta(max_length=500)] | UnsetType = UNSET
    rate_per_s: Rate | UnsetType | None = UNSET
    concurrency: Width | UnsetType | None = UNSET
    daily_budget: Budget | UnsetType | None = UNSET
    options: ConnectionOptions | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class ConnectionAnswer(Struct, kw_only=True):
    """A connection; credentials are only named. `state`: new, ok, paused, failing, throttled,
    refused, quota_spent or budget_spent. `freshness`: seconds since the answers that its numbers
    stand on.
    """

    id: str
    source: str
    name: str
    base_url: str
    credentials: list[str]
    carriers: list[str]
    rate_per_s: float
    concurrency: int
    batch: int
    daily_budget: int | None
    options: dict[str, Any]
    active: bool
    state: str
    breaker: str
    waits_until: datetime | None
    spent_today: int
    last_answer_at: datetime | None
    last_push_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    push_url: str | None
    created_at: datetime
    freshness: Freshness


class ConnectionList(Struct):
    """All connections of the tenant, oldest first."""

    connections: list[ConnectionAnswer]


class SourceAnswer(Struct):
    """A source that can be asked, and what it takes."""

    source: str
    credentials: list[str]
    optional: list[str]
    batch: int
    rate_per_s: float
    pushes_signed_with: str | None


class SourceList(Struct):
    """All sources that can be asked."""

    sources: list[SourceAnswer]


class Trying(Struct, forbid_unknown_fields=True):
    """A number to ask for, and its carrier where the source must be told."""

    number: Annotated[str, Meta(min_length=1, max_length=64)]
    carrier: Slug | None = None


def moment(at_us: int | None) -> datetime | None:
    return None if at_us is None else to_datetime(at_us, 0)


def spent_today(one: Connection, now_us: int) -> int:
    return one.spent if one.spent_day == now_us // 86_400_000_000 else 0
