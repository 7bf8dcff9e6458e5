"""What the dialects of aggregators keep: credentials, watched numbers, hooks; and their ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from milepost.engine.delivery import Attempt, State

# A package's name cannot begin with a digit, so one vendor is kept under another name than its own.
_KEPT_AS = {"17track": "seventeentrack"}
_CALLED = {kept: name for name, kept in _KEPT_AS.items()}


def kept_as(dialect: str | None) -> str | None:
    """The name under which a dialect is kept, of the name that people use."""
    return _KEPT_AS.get(dialect, dialect) if dialect is not None else None


def called(dialect: str | None) -> str | None:
    """The name that people use."""
    return _CALLED.get(dialect, dialect) if dialect is not None else None


class Credential(Struct, frozen=True, kw_only=True):
    """What a client of one vendor signs in with. `secrets`: field name → value, as it was printed.

    `public_id` is what the client sends openly: EBusinessID, customer, token, api_key.
    """

    tenant: int
    tenant_name: str
    dialect: str
    public_id: str
    secrets: dict[str, str]
    key: int


class Watch(Struct, kw_only=True):
    """A number that a client subscribed or registered. Times are microseconds since 1970 UTC.

    `number` is in its normal form. `carrier_code` is the vendor's, `carrier` our slug. Without a
    `callback` pushes go to the account's hooks. `secret` signs pushes of this number alone.
    `options`: all else that is the vendor's own. `account`: public id of the credential.
    """

    tenant: int
    dialect: str
    number: str
    id: int = 0
    carrier_code: str | None = None
    carrier: str | None = None
    callback: str | None = None
    secret: str | None = None
    options: dict[str, Any] = {}
    active: bool = True
    created_us: int = 0
    updated_us: int = 0
    stopped_us: int | None = None
    account: str | None = None


class Hook(Struct, kw_only=True):
    """A URL of the account that is pushed every change of the numbers watched in a dialect."""

    tenant: int
    dialect: str
    url: str
    id: int = 0
    secret: str | None = None
    options: dict[str, Any] = {}
    active: bool = True
    created_us: int = 0
    updated_us: int = 0
    subscription: int = 0


class LastPush(Struct, frozen=True):
    """The newest push of a watch that was tried. `at_us`: when it was tried last.

    `state`: pending, delivered or failed. `code`: the receiver's HTTP status.
    """

    state: str
    at_us: int | None
    code: int | None


class Sent(Struct, frozen=True, kw_only=True):
    """A push of one change to one receiver, as the delivery log has it.

    `id` is that of the delivery, `at_us` when the change came about. `payload` is what the fan-out
    wrote: the watch and the change.
    """

    id: int
    watch: int
    number: str
    url: str
    topic: str
    at_us: int
    state: State
    payload: bytes
    attempts: tuple[Attempt, ...]


class AlreadyWatchedError(Exception):
    """The tenant watches this number of this carrier in this dialect already; see `watch`."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(f"{watch.number} is watched already")
        self.watch = watch


class TooManyWatchedError(Exception):
    """The cap on what a tenant may watch in one dialect is reached."""


class Credentials(Protocol):
    """Credentials of all tenants."""

    async def find(self, dialect: str, public_id: str) -> Credential | None:
        """By what the client sends openly; None if unknown, expired or revoked."""
        ...

    async def of_tenant(self, tenant: int, dialect: str) -> Sequence[Credential]:
        """All that are valid, oldest first."""
        ...

    async def add(
        self, tenant: int, dialect: str, public_id: str, secrets: dict[str, str]
    ) -> Credential: ...

    async def revoke(self, tenant: int, dialect: str, key: int) -> bool:
        """It is refused from then on; whether it was there and valid."""
        ...


class Watches(Protocol):
    """Watched numbers, each call only of the tenant that asks."""

    async def get(
        self, tenant: int, dialect: str, number: str, carrier_code: str | None = None
    ) -> list[Watch]:
        """Those of a number, however it is spelt, oldest first; stopped ones too."""
        ...

    async def by_id(self, tenant: int, dialect: str, watch: int) -> Watch | None: ...

    async def add(self, watch: Watch) -> Watch:
        """The watch with its id and times. Raises AlreadyWatchedError, TooManyWatchedError,
        BadScanError for what is no number, ValueError for a callback that cannot be called.
        """
        ...

    async def save(self, watch: Watch) -> None:
        """Write everything but number and dialect; `updated_us` is set. Raises as `add`."""
        ...

    async def delete(self, watch: Watch) -> None: ...

    async def page(
        self,
        tenant: int,
        dialect: str,
        *,
        after: int | None = None,
        limit: int = 100,
        filters: Mapping[str, Any] | None = None,
        newest_first: bool = False,
    ) -> list[Watch]:
        """A page by id; `after` is the last id of the page before. `filters`: names of columns
        (number, carrier_code, carrier, active) or of options, with the value or a list of them.
        """
        ...

    async def count(
        self, tenant: int, dialect: str, *, filters: Mapping[str, Any] | None = None
    ) -> int: ...

    async def tenants(self, dialect: str) -> list[int]:
        """Those who watch numbers in a dialect; the one question that is about all of them."""
        ...

    async def last_pushes(
        self, tenant: int, dialect: str, watches: Sequence[Watch]
    ) -> dict[int, LastPush]:
        """What became of the newest push of each watch that was tried, by the watch's id."""
        ...

    async def push(self, watch: Watch) -> int:
        """Push how things stand now, without waiting for news; to how many receivers."""
        ...


class Pushes(Protocol):
    """What was pushed in a dialect, each call only of the tenant that asks."""

    async def page(
        self, tenant: int, dialect: str, *, before: int | None = None, limit: int = 100
    ) -> list[Sent]:
        """Newest first; `before` is the last id of the page before."""
        ...

    async def of_change(self, watch: Watch, at_us: int) -> list[Sent]:
        """Those of one change of a watched number, to each receiver, oldest first."""
        ...


class Hooks(Protocol):
    """The account's hooks, each call only of the tenant that asks."""

    async def of_tenant(self, tenant: int, dialect: str) -> list[Hook]: ...

    async def by_id(self, tenant: int, dialect: str, hook: int) -> Hook | None: ...

    async def add(self, hook: Hook) -> Hook:
        """Raises ValueError for a url that cannot be called."""
        ...

    async def save(self, hook: Hook) -> None: ...

    async def delete(self, hook: Hook) -> None: ...
