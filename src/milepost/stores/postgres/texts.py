"""What scans say verbatim: sealed in the transaction of their commit, opened for private reads."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import asyncpg
import msgspec
import structlog

from milepost.engine.redact import FACTS
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
# What facts said is an item of the vault, with its reference between the key and what is sealed.
# `tenant + 0`: a plan made while there were few items must not go through all of a tenant's.
KIND, FACTS_TEXT = "facts", -3
_REFERENCE_BYTES = len(KIND) + 1 + 32
_FACTS = f"""
SELECT i.tenant, NULL::bigint, i.road, 0::bigint, 0::bigint, NULL::smallint,
    (array_position(ARRAY['aes256gcm', 'sm4gcm'], k.suite) - 1)::smallint, ({FACTS_TEXT})::smallint,
    0::bigint, octet_length(k.wrapped)::bigint,
    k.wrapped || convert_to(i.reference, 'UTF8') || i.sealed
FROM vault_item AS i JOIN vault_key AS k ON k.tenant = i.tenant AND k.road = i.road
WHERE i.road = ANY($1::bigint[]) AND i.tenant + 0 = $2 AND i.reference LIKE '{KIND}:%'
"""
TEXTS_AS_ROWS = f"UNION ALL {_TEXTS} AND t.day >= $3 UNION ALL {_FACTS}"
_KEEP_FACTS = """
INSERT INTO vault_item (tenant, road, reference, sealed) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
_MENTION = """
INSERT INTO raw_mention SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[])
ON CONFLICT DO NOTHING
"""


_encode = msgspec.msgpack.Encoder().encode


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
            if fingerprint != FACTS:
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
        await self._write_facts(connection, [one for one in said if one.fingerprint == FACTS])
        if mentions:
            await connection.execute(_MENTION, *map(list, zip(*set(mentions), strict=True)))

    async def _write_facts(self, connection: asyncpg.Connection, said: Sequence[Verbatim]) -> None:
        """What facts say stays for as long as they do, whatever day they came on. What is said
        again is the same item, and only who has the number's key can tell that it is.
        """
        if not said:
            return
        keys = await self._keyring.of(connection, [(one.tenant, one.parcel) for one in said])
        records = []
        for one in said:
            key = keys.get((one.tenant, one.parcel))
            if key is not None:
                fields = {"kind": KIND, **one.fields}
                reference = KIND + ":" + hmac.digest(key[1], _encode(fields), sha256)[:16].hex()
                sealed = seal_item(*key, reference, fields)
                records.append((one.tenant, one.parcel, reference, sealed))
        await connection.executemany(_KEEP_FACTS, records)

    async def read(
        self, connection: asyncpg.Connection, tenant: int, parcels: Sequence[int]
    ) -> dict[int, Mapping[str, Any]]:
        """By the fingerprints of events."""
        return self.opened(await connection.fetch(_TEXTS, list(parcels), tenant))

    def opened(self, rows: Iterable[Sequence[Any]]) -> dict[int, Mapping[str, Any]]:
        """The same, given rows of `TEXTS_AS_ROWS`. What facts said stands as `told` of key 0."""
        found: dict[int, Mapping[str, Any]] = {}
        for row in rows:
            for text, said in self._fields(row).items():
                fingerprint = int(text)
                if fingerprint == FACTS:
                    said = {"told": (*found.get(FACTS, {}).get("told", ()), said)}
                found[fingerprint] = said
        return found

    def _fields(self, row: Sequence[Any]) -> dict[str, Any]:
        """What each fingerprint said, as one row has it."""
        tenant, road, body, cut = row[0], row[2], row[10], row[9]
        key = self._keyring.open((tenant, road), _SUITES[row[6]], body[:cut])
        if key is None:
            return {}
        try:
            if row[7] == FACTS_TEXT:
                start = cut + _REFERENCE_BYTES
                fields = open_item(*key, body[cut:start].decode(), body[start:])
                return {str(FACTS): fields}
            return open_item(*key, BOUND.format(tenant, road), body[cut:])
        except SealError as error:
            # Sealed while the key was being destroyed: nobody can open it any more.
            log.warning("vault_text_unreadable", road=road, error=str(error))
            return {}
