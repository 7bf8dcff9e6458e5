"""What room 8 sends, to whom, and what it needs from outside: a store and channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

State = Literal["pending", "delivered", "failed"]


class Subscription(Struct, frozen=True, kw_only=True):
    """Who wants to be told what. `secrets`: the current one first, then those in rotation.

    `number` limits it to one tracking number. `failing_since`: first failure after a success.
    `dialect`: the vendor whose client made it; its own calls change it then.
    """

    id: int
    tenant: int
    channel: str
    url: str
    secrets: tuple[str, ...]
    events: tuple[str, ...]
    number: str | None
    active: bool
    disabled_why: str | None
    failing_since: datetime | None
    created_at: datetime
    dialect: str | None = None


class TooManySubscriptionsError(Exception):
    """The cap on what a tenant may subscribe is reached; the text says so."""


class Message(Struct, frozen=True):
    """One thing that happened. `id` is the same at every attempt; `payload` is JSON."""

    id: str
    topic: str
    number: str | None
    created_at: datetime
    payload: bytes


class Due(Struct, frozen=True):
    """A delivery to be tried now; `attempts` were made before."""

    delivery: int
    attempts: int
    subscription: Subscription
    message: Message


class Answer(Struct, frozen=True, kw_only=True):
    """What a channel made of one attempt.

    `error` is for a person, None when it was taken. `response`: the beginning of what the
    receiver said. `retry_after_s`: the wait it asked for. `gone`: it never wants anything again.
    `schedule_s`: waits after the 1st, 2nd … failure in place of ours, and no more tries than these.
    """

    code: int | None = None
    error: str | None = None
    response: str = ""
    duration_ms: int = 0
    retry_after_s: int | None = None
    gone: bool = False
    schedule_s: tuple[int, ...] | None = None


class Attempt(Struct, frozen=True, kw_only=True):
    """An attempt in the delivery log."""

    at: datetime
    code: int | None
    error: str | None
    response: str
    duration_ms: int


class Outcome(Struct, frozen=True, kw_only=True):
    """What becomes of a delivery after an attempt. `disable`: why its subscription ends.

    With `unless_healed` it only ends if nothing else has got through meanwhile.
    """

    delivery: int
    subscription: int
    state: State
    next_at: datetime | None
    attempt: Attempt
    disable: str | None = None
    unless_healed: bool = False


class Delivery(Struct, frozen=True, kw_only=True):
    """A line of the delivery log. `history` only where one delivery is asked for."""

    id: int
    subscription: int
    message: Message
    state: State
    attempts: int
    next_at: datetime | None
    last_code: int | None
    last_error: str | None
    finished_at: datetime | None
    dialect: str | None = None
    history: tuple[Attempt, ...] = ()


class DeliveryFilter(Struct, frozen=True, kw_only=True):
    """Which deliveries a list shows, newest first; `before` is the id where the last page ended."""

    state: State | None = None
    number: str | None = None
    subscription: int | None = None
    dialect: str | None = None
    before: int | None = None
    limit: int = 50


class Channel(Protocol):
    """A way to reach a receiver. A channel's folder offers `build(options) -> Channel`."""

    def check_target(self, url: str) -> None:
        """Raises ValueError, in words for the subscriber, where nothing can be sent there."""
        ...

    def check_secret(self, secret: str) -> None:
        """Raises ValueError where a secret of the subscriber's own will not do."""
        ...

    def new_secret(self) -> str: ...

    async def send(self, subscription: Subscription, message: Message) -> Answer:
        """Try once, within the channel's own time limit. Whatever goes wrong is in the answer."""
        ...

    async def close(self) -> None: ...


class Wanted(Struct, frozen=True):
    """What a tenant's subscriptions ask for: `topics` of every shipment, topic by topic the
    `numbers` that only some shipments are asked for by, and `followed` of those parcels that
    clients of dialects or buyers follow.
    """

    topics: frozenset[str]
    numbers: Mapping[str, frozenset[str]]
    followed: frozenset[str] = frozenset()


class Outbox(Protocol):
    """Where announcements wait and deliveries are kept. Raises ConnectionError when it is away."""

    async def audience(self) -> dict[int, Wanted]:
        """What each tenant has an active subscription for."""
        ...

    async def claim_outbox(self, limit: int, now: datetime) -> int:
        """Turn announcements into deliveries, in one transaction; how many announcements."""
        ...

    async def claim_deliveries(
        self, limit: int, room: Mapping[int, int], usual_room: int, now: datetime, lease_s: float
    ) -> list[Due]:
        """Take due deliveries for `lease_s` seconds: `room[subscription]` at most of each."""
        ...

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next delivery falls due that is not due yet."""
        ...

    async def finish(self, outcomes: Sequence[Outcome]) -> None: ...

    async def release(self, deliveries: Sequence[int], now: datetime) -> None:
        """Give back what was claimed but not tried."""
        ...

    async def prune(self, before: datetime, limit: int) -> int:
        """Forget up to `limit` deliveries that were finished, or held back, before then."""
        ...


class Subscriptions(Protocol):
    """Subscriptions, each call only of the tenant that asks."""

    async def subscriptions_of(
        self, tenant: int, after: int = 0, limit: int = 100, dialect: str | None = None
    ) -> list[Subscription]:
        """Those of the native API, or those that clients of a dialect made."""
        ...

    async def subscription(self, tenant: int, subscription: int) -> Subscription | None: ...

    async def add_subscription(
        self,
        tenant: int,
        *,
        channel: str,
        url: str,
        secret: str,
        events: Sequence[str],
        number: str | None,
    ) -> Subscription:
        """Raises TooManySubscriptionsError."""
        ...

    async def change(self, tenant: int, changed: Subscription) -> Subscription | None:
        """Write url, events, number and active; switching on forgets why it was disabled."""
        ...

    async def rotate(
        self, tenant: int, subscription: int, secret: str, keep_until: datetime
    ) -> Subscription | None:
        """A new secret; the one before signs as well until then."""
        ...

    async def delete(self, tenant: int, subscription: int) -> bool:
        """Forget it with its deliveries; whether it was there."""
        ...


class DeliveryLog(Protocol):
    """The delivery log, each call only of the tenant that asks."""

    async def deliveries_of(self, tenant: int, wanted: DeliveryFilter) -> list[Delivery]: ...

    async def delivery(self, tenant: int, delivery: int) -> Delivery | None: ...

    async def replay(self, tenant: int, delivery: int, now: datetime) -> bool:
        """Have it sent again; False where its subscription is disabled."""
        ...

    async def replay_failed(self, tenant: int, wanted: DeliveryFilter, now: datetime) -> int:
        """Have what failed sent again, `limit` at most, of a dialect or subscription; how many."""
        ...
