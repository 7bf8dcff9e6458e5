"""Evidence in PostgreSQL and, where it is large, in files beside it. Both are sealed alike."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import structlog
from cryptography.exceptions import InvalidTag

from milepost.durable import settle
from milepost.engine.evidence.desk import LOCKED_US, Detail, Piece, packed
from milepost.stores.postgres.keyring import Key, Keyring
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import SealError
from milepost.stores.vaulting import decrypt, encrypt, open_item, seal_item

log = structlog.get_logger()
# Larger ones would make the database's pages and its log heavy.
MOST_IN_TABLE = 256 * 1024
_COLUMNS = (
    "e.id, e.kind, e.content_type, e.bytes, e.at_us, e.detail, e.road, k.suite, k.wrapped, e.sealed"
)
_SELECT = (
    f"SELECT {_COLUMNS} FROM evidence AS e "
    "JOIN vault_key AS k ON k.tenant = e.tenant AND k.road = e.road WHERE e.tenant = $1 AND "
)
_ATTEMPT = """
INSERT INTO vault_attempt AS a (tenant, road, what, failed, since_us) VALUES ($1, $2, $3, 1, $4)
ON CONFLICT (tenant, road, what) DO UPDATE SET
    failed = CASE WHEN a.since_us <= $4 - $5::bigint THEN 1 ELSE least(a.failed + 1, 1000) END,
    since_us = CASE WHEN a.since_us <= $4 - $5::bigint THEN $4 ELSE a.since_us END
RETURNING failed
"""


class PostgresEvidence:
    """See `engine.evidence.desk.EvidenceStore`."""

    def __init__(self, pool: Pool, keyring: Keyring, folder: Path) -> None:
        self._pool = pool
        self._keyring = keyring
        self._folder = folder

    async def add(self, tenant: int, road: int, piece: Piece, body: bytes) -> None:
        async with self._pool.connection() as connection:
            key = (await self._keyring.of(connection, [(tenant, road)])).get((tenant, road))
            if key is None:
                raise SealError(f"evidence {piece.id}: the key of its road cannot be opened")
            sealed = await asyncio.to_thread(encrypt, *key, body, bound(piece.id))
            large = len(body) > MOST_IN_TABLE
            if large:  # the file first: a row must never lead nowhere
                await asyncio.to_thread(_write, self._path(piece.id), sealed)
            detail = seal_item(*key, piece.id, packed(piece))
            await connection.execute(
                "INSERT INTO evidence (tenant, road, id, kind, content_type, bytes, at_us, detail, "
                "sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                tenant, road, piece.id, piece.kind, piece.content_type, piece.bytes, piece.at_us,
                detail, None if large else sealed,
            )  # fmt: skip

    async def of(self, tenant: int, roads: Sequence[int]) -> list[Piece]:
        sql = _SELECT + "e.road = ANY($2::bigint[]) ORDER BY e.at_us, e.id"
        async with self._pool.connection() as connection:
            rows = await connection.fetch(sql, tenant, list(roads))
        found = ((row, self._key(tenant, row)) for row in rows)
        return [_piece(row, key) for row, key in found if key is not None]

    async def open(self, tenant: int, evidence: str) -> tuple[Piece, int, bytes] | None:
        async with self._pool.connection() as connection:
            row = await connection.fetchrow(_SELECT + "e.id = $2", tenant, evidence)
        key = None if row is None else self._key(tenant, row)
        if row is None or key is None:
            return None
        body = await asyncio.to_thread(self._opened, row, key)
        return None if body is None else (_piece(row, key), row["road"], body)

    async def attempt(self, tenant: int, road: int, what: str, now_us: int) -> int:
        async with self._pool.connection() as connection:
            return int(await connection.fetchval(_ATTEMPT, tenant, road, what, now_us, LOCKED_US))

    async def forgive(self, tenant: int, road: int, what: str) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "DELETE FROM vault_attempt WHERE tenant = $1 AND road = $2 AND what = $3",
                tenant, road, what,
            )  # fmt: skip

    async def unlink(self, tenant: int, roads: Sequence[int]) -> None:
        """Remove the pieces of erased roads, their files first."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id FROM evidence WHERE tenant = $1 AND road = ANY($2::bigint[])",
                tenant, list(roads),
            )  # fmt: skip
            for (evidence,) in rows:
                await asyncio.to_thread(self._path(evidence).unlink, missing_ok=True)
            await connection.execute(
                "DELETE FROM evidence WHERE tenant = $1 AND id = ANY($2::text[])",
                tenant, [row[0] for row in rows],
            )  # fmt: skip

    async def sweep(self, before_s: float) -> int:
        """Remove files older than a second since 1970 that no row knows: their sender was never
        answered.
        """
        files = await asyncio.to_thread(_older, self._folder, before_s)
        if not files:
            return 0
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT id FROM evidence WHERE id = ANY($1::text[])", [one.name for one in files]
            )
        known = {row[0] for row in rows}
        lost = [one for one in files if one.name not in known]
        for one in lost:
            await asyncio.to_thread(one.unlink, missing_ok=True)
        return len(lost)

    def _key(self, tenant: int, row: Any) -> Key | None:
        return self._keyring.open((tenant, row["road"]), row["suite"], row["wrapped"])

    def _opened(self, row: Any, key: Key) -> bytes | None:
        sealed = row["sealed"]
        try:
            if sealed is None:
                sealed = self._path(row["id"]).read_bytes()
            return decrypt(*key, sealed, bound(row["id"]))
        except FileNotFoundError:
            log.error("evidence_missing", id=row["id"])
            return None
        except (InvalidTag, ValueError):
            raise SealError(f"evidence {row['id']}: changed since it was sealed") from None

    def _path(self, evidence: str) -> Path:
        return path_of(self._folder, evidence)


def path_of(folder: Path, evidence: str) -> Path:
    """The file of a piece that is too large for its row."""
    return folder / evidence[:2] / evidence


def bound(evidence: str) -> bytes:
    """What a piece's bytes are bound to."""
    return f"evidence:{evidence}".encode()


def _piece(row: Any, key: Key) -> Piece:
    fields = open_item(*key, row["id"], row["detail"])
    detail = msgspec.convert(fields, Detail)
    return Piece(row["id"], row["kind"], row["content_type"], row["bytes"], row["at_us"], detail)


def _older(folder: Path, before_s: float) -> list[Path]:
    found = folder.glob("??/*") if folder.exists() else ()
    return [one for one in found if one.stat().st_mtime < before_s]


def _write(path: Path, body: bytes) -> None:
    """Whole and on the disk, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    for folder in (path.parent, path.parent.parent):
        settle(folder)
