"""Captured events, media of assets and secrets, held against their digests and seals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Any, NamedTuple

import asyncpg
import msgspec

from milepost.engine.epcis_concealing import roads_of
from milepost.epcis.hashing import event_hash
from milepost.epcis.vocabulary import PREFIXES
from milepost.stores.postgres import asset_media, channelsettings, connections, subscriptions
from milepost.stores.postgres.dialects import credentials
from milepost.stores.postgres.dialects import rows as dialect_rows
from milepost.stores.postgres.epcis_said import opened
from milepost.stores.sealer import Sealer, SealError
from milepost.stores.vaulting import unwrap

AT_ONCE = 500
_EVENTS = """
SELECT e.tenant, e.hash, e.erroneous, e.event_id, e.body, e.ignored,
    s.roads, s.shares, s.suite, s.sealed
FROM epcis_event AS e LEFT JOIN epcis_said AS s USING (tenant, hash, erroneous)
"""
_LONE = """
SELECT s.tenant, s.hash FROM epcis_said AS s
LEFT JOIN epcis_event AS e USING (tenant, hash, erroneous) WHERE e.hash IS NULL
"""
_KEYS = "SELECT suite, wrapped, road FROM vault_key WHERE tenant = $1 AND road = ANY($2::bigint[])"
_MEDIA = """
SELECT a.tenant, a.name, m.asset, m.id, m.at_us, m.number, m.channel, m.content_type, m.bytes,
    m.sealed
FROM asset_media AS m JOIN asset AS a ON a.id = m.asset
"""
Erased = Collection[tuple[int, int]]


class Broken(NamedTuple):
    """Something beside the journal that is not as it was kept."""

    where: str
    tenant: int
    detail: str
    removed: bool = False


async def captures(
    connection: asyncpg.Connection, sealer: Sealer, erased: Erased
) -> AsyncIterator[Broken]:
    """EPCIS events against the hash that is their identity: as they were captured, which for those
    with people in them is what was sealed.
    """
    async for row in connection.cursor(_EVENTS, prefetch=AT_ONCE):
        kept = msgspec.json.decode(row["body"])
        if row["sealed"] is not None:
            keys = await _keys(connection, sealer, row)
            body = opened(row["tenant"], row, keys)
        else:
            body = kept
        if body is not None and _is_called(body, row["hash"], row["ignored"]):
            continue
        # What was erased is masked for ever, and its hash is that of what was said.
        roads = row["roads"] or roads_of(row["tenant"], row["hash"], kept)
        if not any((row["tenant"], road) in erased for road in roads):
            where = "epcis_event" if row["sealed"] is None else "epcis_said"
            yield Broken(where, row["tenant"], f"{row['event_id']}: it is not what was captured")
    for tenant, identity in await connection.fetch(_LONE):
        yield Broken("epcis_event", tenant, f"{identity}, of which words are kept", removed=True)


def _is_called(body: Mapping[str, Any], identity: str, ignored: Collection[str] | None) -> bool:
    """Where it was not kept which fields do not count, only that it is an event can be told."""
    try:
        made = event_hash(body, PREFIXES, ignored or ())
        return made == identity or ignored is None
    except (ValueError, TypeError, KeyError, AttributeError):
        return False


async def _keys(connection: asyncpg.Connection, sealer: Sealer, row: Any) -> dict[int, Any]:
    found = await connection.fetch(_KEYS, row["tenant"], row["roads"])
    keys: dict[int, Any] = {}
    for suite, wrapped, road in found:
        try:
            keys[road] = suite, unwrap(sealer, row["tenant"], road, wrapped)
        except SealError:
            keys[road] = None
    return keys


async def media(connection: asyncpg.Connection, sealer: Sealer) -> AsyncIterator[Broken]:
    """Pictures, sounds and films: they open for their own asset and name, and the name is made of
    what they are.
    """
    async for row in connection.cursor(_MEDIA, prefetch=20):
        try:
            body = sealer.open(row["sealed"], asset_media.bound(row["asset"], row["id"]))
        except SealError as error:
            yield Broken("asset_media", row["tenant"], f"of {row['name']}: {error}")
            continue
        names = {
            asset_media.name_of(row["number"], at_us, row["channel"], row["content_type"], body)
            for at_us in (row["at_us"], None)
        }
        if row["id"] not in names or len(body) != row["bytes"]:
            detail = f"{row['id']} of {row['name']}: it is not what its name stands for"
            yield Broken("asset_media", row["tenant"], detail)


class _Secret(NamedTuple):
    """A table of secrets: rows of (tenant, sealed, what else is in its context, further)."""

    table: str
    sql: str
    context: Callable[[int, str], str]


def _webhook(tenant: int, _: str) -> str:
    return subscriptions.context_of(tenant)


def _index(tenant: int, _: str) -> str:
    return f"vault-index:{tenant}"


_SECRETS = (
    _Secret("dialect_credential", "SELECT tenant, sealed, dialect, lookup FROM dialect_credential",
            dialect_rows.context_of),
    _Secret("dialect_watch", "SELECT tenant, sealed, dialect FROM dialect_watch "
            "WHERE sealed IS NOT NULL", dialect_rows.context_of),
    _Secret("dialect_hook", "SELECT tenant, sealed, dialect FROM dialect_hook "
            "WHERE sealed IS NOT NULL", dialect_rows.context_of),
    _Secret("subscription", "SELECT tenant, sealed, '' FROM subscription "
            "WHERE sealed IS NOT NULL", _webhook),
    _Secret("former_secret", "SELECT s.tenant, f.sealed, '' FROM former_secret AS f "
            "JOIN subscription AS s ON s.id = f.subscription WHERE f.sealed IS NOT NULL", _webhook),
    _Secret("connection", "SELECT tenant, sealed, source FROM connection", connections.context_of),
    _Secret("channel_setting", "SELECT tenant, sealed, channel FROM channel_setting",
            channelsettings.context_of),
    _Secret("vault_secret", "SELECT tenant, wrapped, '' FROM vault_secret", _index),
)  # fmt: skip


async def secrets(connection: asyncpg.Connection, sealer: Sealer) -> AsyncIterator[Broken]:
    """Each opens where it stands; a credential is also what it is found by."""
    for kind in _SECRETS:
        async for row in connection.cursor(kind.sql, prefetch=AT_ONCE):
            tenant, sealed, name, *lookup = row
            try:
                secret = sealer.open(sealed, kind.context(tenant, name))
            except SealError as error:
                yield Broken(kind.table, tenant, str(error))
                continue
            if lookup and lookup[0] != _lookup(name, secret):
                yield Broken(kind.table, tenant, f"a credential of {name} stands for another")


def _lookup(dialect: str, secret: bytes) -> bytes:
    public_id, _ = msgspec.json.decode(secret)
    return credentials.lookup_of(dialect, public_id)
