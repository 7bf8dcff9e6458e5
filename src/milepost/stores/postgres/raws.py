"""Raw payloads at rest: sealed under a key of their tenant and day, and read back to be parsed
again or to lose what was erased.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from secrets import token_bytes
from typing import NamedTuple

import asyncpg
import zstandard
from cryptography.exceptions import InvalidTag

from milepost.engine.rows import Raw
from milepost.stores.postgres.copying import day_of
from milepost.stores.sealer import Sealer, SealError
from milepost.stores.vaulting import Suite, decrypt, encrypt, new_key

MARK = b"\x00mpr1"  # zstd, as older payloads are kept, begins otherwise
_ID_BYTES = 8
_DAY_US = 86_400_000_000


class RawKey(NamedTuple):
    id: int
    suite: Suite
    key: bytes


class OpenRaw(NamedTuple):
    """A payload as it came in."""

    id: int
    source: str
    content_type: str | None
    received_us: int
    body: bytes


class RawSealing:
    """Seals the payloads of commits. One process makes one key for a tenant and a day."""

    def __init__(self, sealer: Callable[[], Sealer], suite: Suite) -> None:
        self._sealer = sealer
        self._suite = suite
        self._keys: dict[tuple[int, int], RawKey] = {}
        self._fresh: dict[tuple[int, int], RawKey] = {}

    async def seal(self, connection: asyncpg.Connection, raws: Sequence[Raw]) -> list[Raw]:
        """The same payloads with their bodies sealed, within the caller's transaction."""
        self._fresh = {}  # a transaction that failed has made no keys
        return [await self._sealed(connection, raw) for raw in raws]

    def settle(self) -> None:
        """The transaction is durable, and so are its keys. Those of former days are let go."""
        if self._fresh:
            newest = max(day for _, day in self._fresh)
            kept = {one: key for one, key in self._keys.items() if one[1] >= newest - 1}
            self._keys = kept | self._fresh
            self._fresh = {}

    def give_up(self) -> None:
        """The transaction has failed for good; another had written the same."""
        self._fresh = {}

    async def _sealed(self, connection: asyncpg.Connection, raw: Raw) -> Raw:
        owner = raw.tenant, raw.received_us // _DAY_US
        key = self._keys.get(owner) or self._fresh.get(owner)
        if key is None:
            key = await self._make(connection, raw)
            self._fresh[owner] = key
        return raw._replace(body=sealed_body(key, raw.id, raw.body))

    async def _make(self, connection: asyncpg.Connection, raw: Raw) -> RawKey:
        number = int.from_bytes(token_bytes(_ID_BYTES), "big", signed=True)
        made = RawKey(number, self._suite, new_key(self._suite))
        await connection.execute(
            "INSERT INTO raw_key (id, tenant, day, suite, wrapped) VALUES ($1, $2, $3, $4, $5)",
            number, raw.tenant, day_of(raw.received_us), made.suite,
            self._sealer().seal(made.key, f"raw:{number}"),
        )  # fmt: skip
        return made


class PostgresRaws:
    """Reads payloads back, and rewrites those that have lost something."""

    def __init__(self, sealer: Callable[[], Sealer]) -> None:
        self._sealer = sealer
        self._known: dict[int, RawKey] = {}

    async def read(
        self, connection: asyncpg.Connection, tenant: int, ids: Sequence[int]
    ) -> list[OpenRaw]:
        """Raises SealError for what was changed, or sealed under another master key."""
        rows = await connection.fetch(
            "SELECT id, source, content_type, received_us, body FROM raw "
            "WHERE id = ANY($1::bigint[]) AND tenant = $2 ORDER BY id",
            list(ids),
            tenant,
        )
        await self._learn(connection, [row["body"] for row in rows])
        return [
            OpenRaw(number, source, content_type, received_us, self._opened(number, body))
            for number, source, content_type, received_us, body in rows
        ]

    async def rewrite(
        self, connection: asyncpg.Connection, tenant: int, raw: OpenRaw, body: bytes
    ) -> None:
        """Put another body in the place of a payload's."""
        key = await self._key_like(connection, raw)
        packed = zstandard.compress(body, 3)
        await connection.execute(
            "UPDATE raw SET body = $3 WHERE id = $1 AND tenant = $2 AND day = $4",
            raw.id, tenant, sealed_body(key, raw.id, packed) if key else packed,
            day_of(raw.received_us),
        )  # fmt: skip

    async def _key_like(self, connection: asyncpg.Connection, raw: OpenRaw) -> RawKey | None:
        kept = await connection.fetchval(
            "SELECT body FROM raw WHERE id = $1 AND day = $2", raw.id, day_of(raw.received_us)
        )
        return self._known.get(_key_of(kept)) if kept.startswith(MARK) else None

    async def _learn(self, connection: asyncpg.Connection, bodies: Sequence[bytes]) -> None:
        ids = {_key_of(body) for body in bodies if body.startswith(MARK)} - set(self._known)
        if not ids:
            return
        rows = await connection.fetch(
            "SELECT id, suite, wrapped FROM raw_key WHERE id = ANY($1::bigint[])", list(ids)
        )
        for number, suite, wrapped in rows:
            key = self._sealer().open(wrapped, f"raw:{number}")
            self._known[number] = RawKey(number, suite, key)

    def _opened(self, number: int, body: bytes) -> bytes:
        if not body.startswith(MARK):
            return _unpacked(body)
        key = self._known.get(_key_of(body))
        if key is None:
            raise SealError(f"raw {number}: its key has been destroyed")
        try:
            packed = decrypt(key.suite, key.key, body[len(MARK) + _ID_BYTES :], _bound(number))
        except InvalidTag:
            raise SealError(f"raw {number}: sealed with another key, or changed") from None
        return _unpacked(packed)


def sealed_body(key: RawKey, number: int, packed: bytes) -> bytes:
    """What is kept in the place of a packed body."""
    head = MARK + key.id.to_bytes(_ID_BYTES, "big", signed=True)
    return head + encrypt(key.suite, key.key, packed, _bound(number))


def _bound(number: int) -> bytes:
    return f"raw:{number}".encode()


def _key_of(body: bytes) -> int:
    return int.from_bytes(body[len(MARK) : len(MARK) + _ID_BYTES], "big", signed=True)


def _unpacked(packed: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(packed)
