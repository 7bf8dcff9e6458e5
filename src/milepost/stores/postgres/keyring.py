"""The keys of the vault, many at a time and within the caller's transaction."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

import asyncpg
import structlog

from milepost.stores.sealer import Sealer, SealError
from milepost.stores.vaulting import Suite, new_key, unwrap, wrap

log = structlog.get_logger()
Owner = tuple[int, int]  # tenant, road
Key = tuple[Suite, bytes]
MOST = 100_000

_FIND = """
SELECT k.tenant, k.road, k.suite, k.wrapped FROM vault_key AS k
JOIN unnest($1::int[], $2::bigint[]) AS w (tenant, road) USING (tenant, road)
"""
_MAKE = """
INSERT INTO vault_key (tenant, road, suite, wrapped)
SELECT * FROM unnest($1::int[], $2::bigint[], $3::text[], $4::bytea[]) ON CONFLICT DO NOTHING
"""


class Keyring:
    """Remembers keys, but asks the database each time whether they are still there: a key that was
    destroyed must not seal anything more.
    """

    def __init__(self, sealer: Callable[[], Sealer], suite: Suite) -> None:
        self._sealer = sealer
        self._suite = suite
        self._known: OrderedDict[bytes, bytes] = OrderedDict()  # wrapped → key

    async def of(self, connection: asyncpg.Connection, owners: Iterable[Owner]) -> dict[Owner, Key]:
        """The keys of these roads, made where there are none. One that the master key does not
        open is left out.
        """
        wanted = list(dict.fromkeys(owners))
        found = await self._find(connection, wanted)
        missing = [one for one in wanted if one not in found]
        if missing:
            await self._make(connection, missing)
            found |= await self._find(connection, missing)  # whoever made them
        keys = {one: self._open(one, *pair) for one, pair in found.items()}
        return {one: key for one, key in keys.items() if key is not None}

    async def _find(
        self, connection: asyncpg.Connection, wanted: list[Owner]
    ) -> dict[Owner, tuple[Suite, bytes]]:
        rows = await connection.fetch(_FIND, *map(list, zip(*wanted, strict=True)))
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}

    async def _make(self, connection: asyncpg.Connection, missing: list[Owner]) -> None:
        suite, sealer = self._suite, self._sealer()
        rows = []
        for tenant, road in sorted(missing):
            key = new_key(suite)
            wrapped = wrap(sealer, tenant, road, key)
            self._remember(wrapped, key)
            rows.append((tenant, road, suite, wrapped))
        await connection.execute(_MAKE, *map(list, zip(*rows, strict=True)))

    def _open(self, owner: Owner, suite: Suite, wrapped: bytes) -> Key | None:
        key = self._known.get(wrapped)
        if key is None:
            try:
                key = unwrap(self._sealer(), *owner, wrapped)
            except SealError as error:
                log.error("vault_key_unreadable", road=owner[1], error=str(error))
                return None
            self._remember(wrapped, key)
        return suite, key

    def _remember(self, wrapped: bytes, key: bytes) -> None:
        self._known[wrapped] = key
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def open(self, owner: Owner, suite: Suite, wrapped: bytes) -> Key | None:
        """A key that a row of the database holds."""
        return self._open(owner, suite, wrapped)
