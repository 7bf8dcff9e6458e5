"""What EPCIS needs of the store, as a protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from msgspec import Struct

from milepost.domain.place import Place
from milepost.engine.epcis_concealing import Concealed
from milepost.epcis.indexing import Entry
from milepost.epcis.master import Element

Behaviour = Literal["rollback", "proceed"]


class Job(Struct, frozen=True, kw_only=True):
    """What became of a captured document. `errors` are problem details (RFC 9457)."""

    created_at: datetime
    finished_at: datetime
    success: bool
    behaviour: str
    captured: int = 0
    duplicates: int = 0
    errors: list[dict[str, Any]] = []
    id: int = 0


class Captured(NamedTuple):
    """Positions of a batch: newly stored, known already, and refused because another event has
    their event ID. Where a batch is to roll back and has a refused one, nothing is stored.
    """

    new: list[int]
    known: list[int]
    refused: list[int]


class Found(NamedTuple):
    """One event out of the store. `seq` grows in the order of capture."""

    seq: int
    body: dict[str, Any]
    recorded_at: datetime


class EpcisStore(Protocol):
    """Events, capture jobs and named queries. Answers only of the tenant that asks."""

    async def capture(
        self,
        tenant: int,
        entries: Sequence[Entry],
        recorded_at: datetime,
        *,
        rollback: bool,
        said: Mapping[int, Concealed],
    ) -> Captured:
        """Store a batch in one transaction; durable when it returns. `said`: by place, what was
        taken out of entries, which comes back with `events` and `event` until it is erased.
        """
        ...

    async def add_job(self, tenant: int, job: Job) -> Job: ...

    async def job(self, tenant: int, job: int) -> Job | None: ...

    async def jobs(self, tenant: int, offset: int, limit: int) -> list[Job]:
        """Newest first."""
        ...

    async def events(
        self, tenant: int, query: Mapping[str, Any], *, until: int | None, offset: int, limit: int
    ) -> list[Found]:
        """Events that a checked query asks for. `until`: only what was captured up to this `seq`,
        so that pages fit together. QueryError where the query cannot be answered.
        """
        ...

    async def count(self, tenant: int, query: Mapping[str, Any]) -> int: ...

    async def newest(self, tenant: int) -> int:
        """The newest `seq`; 0 without any event."""
        ...

    async def event(self, tenant: int, event_id: str) -> list[Found]:
        """The event of this ID, and its error declaration."""
        ...

    async def values(self, tenant: int, what: str, offset: int, limit: int) -> list[str]:
        """Distinct values of `type`, `biz_step`, `disposition`, `read_point`, `biz_location` or
        `epcs`, ascending.
        """
        ...

    async def save_query(self, tenant: int, name: str, query: Mapping[str, Any]) -> bool:
        """False where there is a query of this name already."""
        ...

    async def query(self, tenant: int, name: str) -> dict[str, Any] | None: ...

    async def queries(
        self, tenant: int, offset: int, limit: int
    ) -> list[tuple[str, dict[str, Any]]]: ...

    async def delete_query(self, tenant: int, name: str) -> bool: ...


class MasterData(Protocol):
    """Elements of vocabularies, by tenant. Durable when `save` returns."""

    async def save(self, tenant: int, elements: Sequence[Element], at: datetime) -> None: ...

    async def places(self, tenant: int, keys: Sequence[str]) -> Mapping[str, Place]:
        """Those of the locations of which something is known."""
        ...

    async def page(
        self, tenant: int, vocabulary: str | None, keys: Sequence[str] | None, offset: int,
        limit: int,
    ) -> list[tuple[str, dict[str, Any]]]:  # fmt: skip
        """(vocabulary, element as it came), in their order."""
        ...


class NewStanding(Struct, frozen=True, kw_only=True):
    """A subscription to a named query. `schedule` None: each new event is told at once.

    `min_record_time`: events recorded since then are told too; None, only those from now on.
    """

    query: str
    dest: str
    secret: str
    created_at: datetime
    schedule: dict[str, str] | None = None
    next_at: datetime | None = None
    report_if_empty: bool = False
    min_record_time: datetime | None = None


class Standing(Struct, frozen=True, kw_only=True):
    """A subscription as it stands."""

    id: int
    tenant: int
    query: str
    dest: str
    schedule: dict[str, str] | None
    report_if_empty: bool
    min_record_time: datetime | None
    created_at: datetime
    last_notified_at: datetime | None
    active: bool
    disabled_why: str | None


class StandingQueries(Protocol):
    """Subscriptions to named queries."""

    async def add(self, tenant: int, wanted: NewStanding) -> Standing | None:
        """None where there is no such query. Raises TooManySubscriptionsError."""
        ...

    async def of(self, tenant: int, query: str, offset: int, limit: int) -> list[Standing]: ...

    async def one(self, tenant: int, query: str, subscription: int) -> Standing | None: ...

    async def delete(self, tenant: int, query: str, subscription: int) -> bool: ...

    async def due(self, now: datetime) -> list[int]:
        """Those that something may have to be told."""
        ...

    async def tell(
        self,
        subscription: int,
        now: datetime,
        compose: Callable[[Sequence[Found], str, int], bytes],
    ) -> tuple[bool, bool]:
        """Put what is new into the outbox and note that it was told, in one transaction: whether
        there was anything, and whether there is more. `compose`: events, query, subscription.
        """
        ...


class QueryError(ValueError):
    """A query that is well formed but cannot be answered here; the text says why."""
