"""Asking upstream accounts: what is asked, what was answered, and the ports of the poller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from msgspec import Struct

from milepost.engine.journey import Receipt


class Ask(Struct, frozen=True, kw_only=True):
    """A number to ask for. `carrier` is our slug, `carrier_code` the source's own word for it."""

    number: str
    carrier: str | None = None
    carrier_code: str | None = None
    phone_tail: str | None = None


class Account(Struct, frozen=True, kw_only=True):
    """An account at a source. `secrets` are the source's `CREDENTIALS`; `options` its own."""

    source: str
    base_url: str
    secrets: dict[str, str]
    options: dict[str, Any] = {}


class Request(Struct, frozen=True, kw_only=True):
    """One call to a source. `registers`: it only makes numbers known there and tells no road."""

    method: Literal["GET", "POST"] = "POST"
    url: str
    headers: dict[str, str] = {}
    body: bytes = b""
    asks: tuple[Ask, ...]
    registers: bool = False


class Reply(Struct, frozen=True, kw_only=True):
    """What came back. Names of headers are in lower case."""

    status: int
    headers: dict[str, str] = {}
    body: bytes = b""


class Unanswered(Exception):  # noqa: N818 - a fact of the network, said in one word
    """There was no whole answer; the text is for a person."""


Kind = Literal["taken", "throttled", "failing", "refused", "spent"]


class Verdict(Struct, frozen=True, kw_only=True):
    """What an answer means.

    `taken`: the parser reads it. `throttled`: too much was asked. `failing`: try again later.
    `refused`: the credentials do not open. `spent`: the account's quota is used up.
    `follow` are calls that this answer asks for; `faults` are errors of single numbers.
    """

    kind: Kind = "taken"
    message: str | None = None
    retry_after_s: float | None = None
    follow: tuple[Request, ...] = ()
    faults: dict[str, str] = {}


class Source(Protocol):
    """A folder's `client.py` offers `class Client` with these.

    `BATCH`: numbers a call. `SHORTEST_S`: one number is never asked for more often. `AGGREGATOR`:
    it answers for all carriers; else only for its own. `SIGNS_WITH`: the credential that signs
    what it pushes to us, None where it pushes nothing.
    """

    BASE_URL: str
    CREDENTIALS: tuple[str, ...]
    OPTIONAL: tuple[str, ...]
    BATCH: int
    RATE_PER_S: float
    CONCURRENCY: int
    SHORTEST_S: int
    AGGREGATOR: bool
    SIGNS_WITH: str | None

    def requests(self, asks: Sequence[Ask], account: Account, now: datetime) -> list[Request]:
        """The calls for these numbers; a number that cannot be asked for is in none of them."""
        ...

    def judge(self, request: Request, reply: Reply, account: Account) -> Verdict: ...

    def genuine(self, headers: Mapping[str, str], body: bytes, account: Account) -> bool:
        """Whether a push carries the signature that the account's secret makes."""
        ...

    def acknowledgement(self, account: Account, now: datetime, error: str | None) -> bytes:
        """The body that the source wants to read after a push."""
        ...


class Connection(Struct, kw_only=True):
    """A tenant's account at a source, and how it may be used. Times: microseconds since 1970 UTC.

    `carriers` empty means all that the source answers for. `daily_budget`: calls a UTC day.
    `waits_until_us`: nobody asks before, by the wall's clock.
    """

    tenant: int
    source: str
    id: int = 0
    name: str = ""
    base_url: str | None = None
    secrets: dict[str, str] = {}
    carriers: tuple[str, ...] = ()
    rate_per_s: float | None = None
    concurrency: int | None = None
    daily_budget: int | None = None
    options: dict[str, Any] = {}
    active: bool = True
    created_us: int = 0
    updated_us: int = 0
    state: str = "new"
    breaker: str = "closed"
    waits_until_us: int | None = None
    spent: int = 0
    spent_day: int = 0
    answered_us: int | None = None
    pushed_us: int | None = None
    last_error: str | None = None
    last_error_us: int | None = None


class Target(Struct, frozen=True, kw_only=True):
    """A number that a connection asks for."""

    parcel: int
    number: str
    carrier: str | None = None
    created_us: int = 0
    failures: int = 0


class Asked(Struct, frozen=True, kw_only=True):
    """What became of a target. `due_us` None: never again, because of `done_why`."""

    parcel: int
    due_us: int | None
    answered_us: int | None = None
    changed_us: int | None = None
    error: str | None = None
    done_why: str | None = None


class Freshness(Struct, frozen=True, kw_only=True):
    """How old the answers are that a connection's numbers stand on, in seconds."""

    tracked: int = 0
    due: int = 0
    failing: int = 0
    finished: int = 0
    p50_s: float | None = None
    p90_s: float | None = None
    p99_s: float | None = None


class Standing(Struct, frozen=True, kw_only=True):
    """What the next interval rests on. Times in seconds since 1970 UTC.

    `changed_s`: when we last heard something new. `closed_s`: since when nothing more is expected.
    """

    since_s: int
    main: str = "unknown"
    changed_s: int | None = None
    closed_s: int | None = None
    earliest_s: int | None = None
    latest_s: int | None = None


class Connections(Protocol):
    """Connections as their tenant sees them."""

    async def of_tenant(self, tenant: int) -> list[Connection]: ...

    async def by_id(self, tenant: int, connection: int) -> Connection | None: ...

    async def add(self, connection: Connection) -> Connection:
        """Raises TooManyError where the tenant has as many as it may."""
        ...

    async def save(self, connection: Connection) -> None: ...

    async def delete(self, tenant: int, connection: int) -> bool: ...

    async def freshness(self, connection: Connection, now_us: int) -> Freshness: ...


class PollStore(Protocol):
    """What the poller keeps. Raises ConnectionError when it is away."""

    async def all(self) -> list[Connection]:
        """The active connections of all tenants."""
        ...

    async def pushed_to(self, connection: int) -> Connection | None:
        """The connection that a push names; who pushes must still prove itself."""
        ...

    async def hold(self, connection: int, holder: str, for_s: float) -> bool:
        """Have it to oneself for a while; False where another process has it."""
        ...

    async def let_go(self, connection: int, holder: str) -> None: ...

    async def gather(self, connection: Connection, carriers: Sequence[str], now_us: int) -> int:
        """Follow the open shipments that it covers and does not follow yet; how many."""
        ...

    async def claim(
        self, connection: int, limit: int, now_us: int, lease_us: int
    ) -> list[Target]: ...

    async def next_due(self, connection: int) -> int | None: ...

    async def spend(self, connection: int, day: int) -> bool:
        """Count one call; False where the day's budget is used up."""
        ...

    async def finish(self, connection: int, asked: Sequence[Asked]) -> None: ...

    async def tell(self, connection: Connection) -> None:
        """Write state, breaker, waits_until_us, answered_us and the last error."""
        ...

    async def pushed(self, connection: int, numbers: Sequence[str], now_us: int) -> None:
        """A push came: its numbers are fresh, so they are asked for later."""
        ...


class TooManyError(Exception):
    """A cap is reached; the text says which."""


Fetch = Callable[[int, Request], Awaitable[Reply]]
# tenant, source, body, content type, the one number asked for
Take = Callable[[int, str, bytes, str | None, str | None], Awaitable[Receipt]]
FindStanding = Callable[[int, Target], Awaitable[Standing]]
