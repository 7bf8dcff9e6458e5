"""What scans say verbatim: sealed in the transaction of their commit, opened for private reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import asyncpg
import structlog

from milepost.engine.rows import Mention, Verbatim
from milepost.stores.postgres.copying import day_of
from milepost.stores.postgres.keyring import Keyring, Owner
from milepost.stores.sealer import SealError
from milepost.stores.vaulting import Suite, open_item, seal_item

log = structlog.get_logger()
BOUND = "texts:{}:{}"  # what an item is bound to: it opens for its own number only
_SUITES: tuple[Suite, ...] = ("aes256gcm", "sm4gcm")
# Texts with their keys as rows of the journal's shape, so that one question brings a whole road:
# `quality` is the place of the suite, `reference` says where in the body the key ends.
TEXT = -2
_TEXTS = f"""
SELECT t.tenant, NULL::bigint, t.road, 0::bigint, 0::bigint, NULL::smallint,
    (array_position(ARRAY['aes256gcm', 'sm4gcm'], k.suite) - 1)::smallint, ({TEXT})::smallint,
    0::bigint, octet_length(k.wrapped)::bigint, k.wrapped || t.sealed
FROM vault_text AS t JOIN vault_key AS k ON k.tenant = t.tenant AND k.road = t.road
WHERE t.road = ANY($1::bigint[]) AND t.tenant = $2
"""
TEXTS_AS_ROWS = f"UNION ALL {_TEXTS} AND t.day >= $3"
_MENTION = """
INSERT INTO raw_mention SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[])
ON CONFLICT DO NOTHING
"""


class PostgresTexts:
    """Writes a group's `sealed` and `mentions`, and reads them back."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def write(
        self,
        connection: asyncpg.Connection,
        said: Sequence[Verbatim],
        mentions: Sequence[Mention],
        received_us: int,
    ) -> None:
        """Within the caller's transaction. All that one number said is sealed as one item."""
        by_owner: dict[Owner, dict[str, Mapping[str, Any]]] = {}
        for tenant, road, fingerprint, fields in said:
            by_owner.setdefault((tenant, road), {})[str(fingerprint)] = fields
        if by_owner:
            keys = await self._keyring.of(connection, by_owner)
            day = day_of(received_us)
            records = [
                (road, tenant, day, seal_item(*key, BOUND.format(tenant, road), fields))
                for (tenant, road), fields in by_owner.items()
                if (key := keys.get((tenant, road))) is not None
            ]
            await connection.copy_records_to_table(
                "vault_text", records=records, columns=["road", "tenant", "day", "sealed"]
            )
        if mentions:
            await connection.execute(_MENTION, *map(list, zip(*set(mentions), strict=True)))

    async def read(
        self, connection: asyncpg.Connection, tenant: int, parcels: Sequence[int]
    ) -> dict[int, Mapping[str, Any]]:
        """By fingerprint; who signed, by any facts, stands as `names` of key 0."""
        return self.opened(await connection.fetch(_TEXTS, list(parcels), tenant))

    def opened(self, rows: Iterable[Sequence[Any]]) -> dict[int, Mapping[str, Any]]:
        """The same, given the rows of `TEXTS_AS_ROWS`."""
        found: dict[int, Mapping[str, Any]] = {}
        for row in rows:
            for text, said in self._fields(row).items():
                fingerprint = int(text)
                if fingerprint:
                    found[fingerprint] = said
                elif name := said.get("signed_by"):
                    names = found.get(0, {}).get("names", ())
                    found[0] = {"names": (*names, name)}
        return found

    def _fields(self, row: Sequence[Any]) -> dict[str, Any]:
        tenant, road, body, cut = row[0], row[2], row[10], row[9]
        key = self._keyring.open((tenant, road), _SUITES[row[6]], body[:cut])
        if key is None:
            return {}
        try:
            return open_item(*key, BOUND.format(tenant, road), body[cut:])
        except SealError as error:
            # Sealed while the key was being destroyed: nobody can open it any more.
            log.warning("vault_text_unreadable", road=road, error=str(error))
            return {}
