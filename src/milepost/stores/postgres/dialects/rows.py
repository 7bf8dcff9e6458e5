"""What the tables of the dialects share: sealed columns, options in JSON, filters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import asyncpg
import msgspec

from milepost.engine.following import Follow
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer
from milepost.stores.vaulting import Suite

CheckUrl = Callable[[str], None]
Changed = Callable[[int], Awaitable[None]]
# A callback that is subscribed anew wants to be told again, whatever failed before. An account's
# hook is a subscription of its own each time, as the conflict is with callbacks only.
_SUBSCRIBE = """
INSERT INTO subscription (tenant, channel, url, secret, events, dialect, active, account)
SELECT $1, $2, $3, '', $4, $2, $6, $7
WHERE $5::int IS NULL
    OR EXISTS (SELECT FROM subscription
        WHERE tenant = $1 AND dialect = $2 AND url = $3 AND NOT account)
    OR (SELECT count(*) FROM subscription WHERE tenant = $1 AND dialect = $2) < $5
ON CONFLICT (tenant, dialect, url) WHERE dialect IS NOT NULL AND NOT account
DO UPDATE SET active = true, disabled_why = NULL, events = excluded.events,
    failing_since = CASE WHEN subscription.active THEN subscription.failing_since END
RETURNING id, xmax = 0 AS fresh
"""
_COLUMNS = {"number", "carrier_code", "carrier", "active", "callback", "account"}
encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


class Told(Protocol):
    """A row of ours that a subscription stands for."""

    tenant: int
    dialect: str
    secret: str | None


class Stored(NamedTuple):
    """A subscription by its id; `fresh` if it was not there before."""

    id: int
    fresh: bool


def _nothing(_: str) -> Collection[str]:
    return ()


class Around(NamedTuple):
    """What the dialects' stores work with. `topics`: what a dialect wants to be told of.
    `changed` hears of subscriptions, `woke` that there is something to send. `follow`: see
    `engine.following.Follow`. `openly`: which options of a dialect's watches say nothing of people
    and need no seal.
    """

    pool: Pool
    sealer: Sealer
    now_us: Callable[[], int]
    topics: Callable[[str], Sequence[str]]
    check_url: CheckUrl
    changed: Changed
    woke: Callable[[], None]
    follow: Follow
    openly: Callable[[str], Collection[str]] = _nothing
    suite: Suite = "aes256gcm"


class SubscribingStore:
    """What the stores of watches and of hooks share: each row of theirs that names a URL is told
    of by a subscription of the outbox.
    """

    def __init__(self, around: Around) -> None:
        self._pool, self._sealer, self._now_us = around.pool, around.sealer, around.now_us
        self._topics, self._check_url = around.topics, around.check_url
        self._changed = around.changed

    async def _subscription(
        self,
        connection: asyncpg.Connection,
        one: Told,
        url: str,
        *,
        most: int | None = None,
        active: bool = True,
        account: bool = False,
    ) -> Stored | None:
        """The subscription that stands for a row; None if it would be one too many."""
        row = await connection.fetchrow(
            _SUBSCRIBE, one.tenant, one.dialect, url, list(self._topics(one.dialect)), most,
            active, account,
        )  # fmt: skip
        return None if row is None else Stored(row["id"], row["fresh"])

    def _sealed(self, one: Told) -> bytes | None:
        if one.secret is None:
            return None
        return self._sealer.seal(one.secret.encode(), context_of(one.tenant, one.dialect))


def fields_of(row: Mapping[str, Any], sealer: Sealer) -> dict[str, Any]:
    """A row's columns as the struct has them."""
    given = dict(row) | {"secret": opened(sealer, row)}
    given["options"] = decode(row["options"])
    del given["sealed"]
    return given


def context_of(tenant: int, dialect: str) -> str:
    """What a secret is sealed for."""
    return f"{dialect}/{tenant}"


def opened(sealer: Sealer, row: Mapping[str, Any]) -> str | None:
    """The secret of a row that has tenant, dialect and sealed."""
    if row["sealed"] is None:
        return None
    return sealer.open(row["sealed"], context_of(row["tenant"], row["dialect"])).decode()


def where_of(tenant: int, dialect: str, filters: Mapping[str, Any] | None) -> tuple[str, list[Any]]:
    """The condition for `Watches.page` on the table `w`, and its values."""
    values: list[Any] = [tenant, dialect]
    parts = ["w.tenant = $1", "w.dialect = $2"]
    for name, wanted in (filters or {}).items():
        if name in _COLUMNS:
            values.append(wanted)
            test = f"= ANY(${len(values)})" if isinstance(wanted, list) else f"= ${len(values)}"
            parts.append(f"w.{name} {test}")
        else:
            several = wanted if isinstance(wanted, list) else [wanted]
            values += [name, [_text(one) for one in several]]
            parts.append(f"w.options->>${len(values) - 1} = ANY(${len(values)}::text[])")
    return " AND ".join(parts), values


def json_of(options: dict[str, Any]) -> str:
    """Options as they are stored."""
    # PostgreSQL's text knows no NUL.
    return encode(options).decode().replace("\\u0000", "")


def _text(value: Any) -> str:
    """As PostgreSQL's ->> writes a JSON value."""
    return value if isinstance(value, str) else encode(value).decode()
