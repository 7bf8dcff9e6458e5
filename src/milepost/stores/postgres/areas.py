"""Where deliveries went and how they ended: what areas are learned from."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.domain.settle import MAIN
from milepost.domain.status import MAIN_CODE
from milepost.stores.postgres.pool import Pool

_unpack_facts = msgspec.msgpack.Decoder(Facts).decode
_ENDED = """
SELECT f.body, s.code FROM shipment s JOIN fact f ON f.tenant = s.tenant AND f.parcel = s.id
WHERE s.tenant = $1 AND s.main = ANY($2::smallint[]) ORDER BY s.last_s DESC LIMIT $3
"""
_FAILED = frozenset({"attempt_failed", "returning", "returned"})
_WANTED = frozenset({"delivered", *_FAILED})


class Ending(NamedTuple):
    """A shipment's destination, and whether it was delivered there."""

    destination: Place
    delivered: bool


class PostgresAreas:
    """Endings of a tenant's newest shipments."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def endings(self, tenant: int, most: int) -> list[Ending]:
        """The newest first; only those whose destination is known."""
        mains = [MAIN_CODE[main] for main in _WANTED]
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_ENDED, tenant, mains, most)
        told = ((_unpack_facts(row["body"]), row["code"]) for row in rows)
        return [
            Ending(facts.destination, MAIN[code] == "delivered")
            for facts, code in told
            if facts.destination is not None
        ]
