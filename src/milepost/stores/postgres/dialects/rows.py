"""What the tables of the dialects share: sealed columns, options in JSON, filters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import asyncpg
import msgspec

from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer

CheckUrl = Callable[[str], None]
Changed = Callable[[int], Awaitable[None]]
_COLUMNS = {"number", "carrier_code", "carrier", "active", "callback", "account"}
encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


class Told(Protocol):
    """A row of ours that a subscription stands for."""

    tenant: int
    dialect: str
    secret: str | None


class SubscribingStore:
    """What the stores of watches and of hooks share: each row of theirs that names a URL is told
    of by a subscription of the outbox.
    """

    def __init__(
        self,
        pool: Pool,
        sealer: Sealer,
        now_us: Callable[[], int],
        *,
        topics: Callable[[str], Sequence[str]],
        check_url: CheckUrl,
        changed: Changed,
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._now_us = now_us
        self._topics = topics
        self._check_url = check_url
        self._changed = changed

    def _sealed(self, one: Told) -> bytes | None:
        if one.secret is None:
            return None
        return self._sealer.seal(one.secret.encode(), context_of(one.tenant, one.dialect))

    def _fields(self, row: asyncpg.Record) -> dict[str, Any]:
        """A row's columns as the struct has them."""
        given = dict(row) | {"secret": opened(self._sealer, row)}
        given["options"] = decode(row["options"])
        del given["sealed"]
        return given


def context_of(tenant: int, dialect: str) -> str:
    """What a secret is sealed for."""
    return f"{dialect}/{tenant}"


def opened(sealer: Sealer, row: asyncpg.Record) -> str | None:
    """The secret of a row that has tenant, dialect and sealed."""
    if row["sealed"] is None:
        return None
    return sealer.open(row["sealed"], context_of(row["tenant"], row["dialect"])).decode()


def where_of(tenant: int, dialect: str, filters: Mapping[str, Any] | None) -> tuple[str, list[Any]]:
    """The condition for `Watches.page` and its values."""
    values: list[Any] = [tenant, dialect]
    parts = ["tenant = $1", "dialect = $2"]
    for name, wanted in (filters or {}).items():
        if name in _COLUMNS:
            values.append(wanted)
            test = f"= ANY(${len(values)})" if isinstance(wanted, list) else f"= ${len(values)}"
            parts.append(f"{name} {test}")
        else:
            several = wanted if isinstance(wanted, list) else [wanted]
            values += [name, [_text(one) for one in several]]
            parts.append(f"options->>${len(values) - 1} = ANY(${len(values)}::text[])")
    return " AND ".join(parts), values


def json_of(options: dict[str, Any]) -> str:
    """Options as they are stored."""
    # PostgreSQL's text knows no NUL.
    return encode(options).decode().replace("\\u0000", "")


def _text(value: Any) -> str:
    """As PostgreSQL's ->> writes a JSON value."""
    return value if isinstance(value, str) else encode(value).decode()
