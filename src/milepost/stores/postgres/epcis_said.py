"""What EPCIS events say of persons: sealed so that all their roads' keys are needed to open it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from secrets import token_bytes
from typing import Any

import asyncpg
import structlog
from cryptography.exceptions import InvalidTag

from milepost.engine.epcis_concealing import Concealed
from milepost.epcis.indexing import Entry
from milepost.stores.postgres.keyring import Key, Keyring, Owner
from milepost.stores.sealer import SealError
from milepost.stores.vaulting import decrypt, encrypt, new_key, open_item, seal_item

log = structlog.get_logger()
_KEEP = """
INSERT INTO epcis_said (tenant, hash, erroneous, roads, shares, suite, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""
_READ = """
SELECT hash, erroneous, roads, shares, suite, sealed FROM epcis_said
WHERE tenant = $1 AND hash = ANY($2::text[])
"""
_KEYS = """
SELECT road, suite, wrapped FROM vault_key WHERE tenant = $1 AND road = ANY($2::bigint[])
"""
Identity = tuple[str, bool]


class EpcisSaid:
    """Writes and reads within the caller's connection."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def write(
        self, connection: asyncpg.Connection, tenant: int, said: Sequence[tuple[Entry, Concealed]]
    ) -> None:
        """Within the caller's transaction."""
        if not said:
            return
        owners = [(tenant, road) for _, one in said for road in one.roads]
        keys = await self._keyring.of(connection, owners)
        rows = [_row(tenant, entry, one, keys) for entry, one in said]
        await connection.executemany(_KEEP, [row for row in rows if row is not None])

    async def read(
        self, connection: asyncpg.Connection, tenant: int, wanted: Iterable[str]
    ) -> dict[Identity, dict[str, Any]]:
        """Bodies as they were sent, of the events with these hashes that anything was taken out of
        and that were not erased.
        """
        rows = await connection.fetch(_READ, tenant, list(wanted))
        if not rows:
            return {}
        roads = sorted({road for row in rows for road in row["roads"]})
        found = await connection.fetch(_KEYS, tenant, roads)
        keys = {row[0]: self._keyring.open((tenant, row[0]), row[1], row[2]) for row in found}
        found_bodies = {(row[0], row[1]): opened(tenant, row, keys) for row in rows}
        return {identity: body for identity, body in found_bodies.items() if body is not None}


def _row(
    tenant: int, entry: Entry, said: Concealed, keys: Mapping[Owner, Key]
) -> tuple[Any, ...] | None:
    mine = [keys.get((tenant, road)) for road in said.roads]
    known = [key for key in mine if key is not None]
    if len(known) < len(mine):
        return None  # a key that cannot be opened: the masked event is what there is
    suite = known[0][0]
    secret = new_key(suite)
    shares = [
        encrypt(*key, share, _bound(tenant, entry.hash, road))
        for key, share, road in zip(known, _split(secret, len(known)), said.roads, strict=True)
    ]
    sealed = seal_item(suite, secret, _reference(tenant, entry.hash), said.body)
    return (tenant, entry.hash, entry.erroneous, list(said.roads), shares, suite, sealed)


def opened(
    tenant: int, row: asyncpg.Record, keys: Mapping[int, Key | None]
) -> dict[str, Any] | None:
    """The body as it was sent; None where a key is gone, or something was changed."""
    shares = []
    for road, share in zip(row["roads"], row["shares"], strict=True):
        key = keys.get(road)
        if key is None:
            return None
        try:
            shares.append(decrypt(*key, share, _bound(tenant, row["hash"], road)))
        except (InvalidTag, ValueError):
            return None  # its key was destroyed, and this is the one that came after
    try:
        reference = _reference(tenant, row["hash"])
        return open_item(row["suite"], _joined(shares), reference, row["sealed"])
    except SealError as error:
        log.warning("epcis_said_unreadable", hash=row["hash"], error=str(error))
        return None


def _split(secret: bytes, count: int) -> list[bytes]:
    """Shares that only together give the secret; any fewer of them say nothing of it."""
    shares = [token_bytes(len(secret)) for _ in range(count - 1)]
    return [*shares, _joined([secret, *shares])]


def _joined(shares: Sequence[bytes]) -> bytes:
    whole = 0
    for share in shares:
        whole ^= int.from_bytes(share)
    return whole.to_bytes(len(shares[0]))


def _reference(tenant: int, identity: str) -> str:
    return f"epcis:{tenant}:{identity}"


def _bound(tenant: int, identity: str, road: int) -> bytes:
    return f"epcis-share:{tenant}:{identity}:{road}".encode()
