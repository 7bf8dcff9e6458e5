"""The road ahead of each shipment, kept for lists that show, sort and filter by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from milepost.domain.place import Place
from milepost.domain.track import Arrival
from milepost.engine.outlook import Outlook
from milepost.engine.rows import ShipmentRow
from milepost.stores.postgres.console.outlook_query import (
    OutlookFilter,
    keys_query,
    narrowed,
    page_query,
)
from milepost.stores.postgres.console.worries import COUNTED
from milepost.stores.postgres.listing import planned
from milepost.stores.postgres.pool import Pool

_pack = msgspec.msgpack.Encoder().encode
_place = msgspec.msgpack.Decoder(Place).decode
_arrival = msgspec.msgpack.Decoder(Arrival).decode
# A line that the read model has not written yet cannot have an outlook: its turn comes again.
_SAVE = """
INSERT INTO outlook AS o (road, tenant, carrier, main, trouble, last_s, toward, country, comes_s,
    looked_s, destination, arrival)
SELECT one.road, s.tenant, s.carrier, one.main, one.trouble, one.last_s, one.toward, one.country,
    one.comes_s, $9, one.destination, one.arrival
FROM unnest($1::bigint[], $2::smallint[], $3::boolean[], $4::bigint[], $5::text[], $6::text[],
    $7::bigint[], $8::bytea[], $10::bytea[])
    AS one (road, main, trouble, last_s, toward, country, comes_s, destination, arrival)
JOIN shipment s ON s.id = one.road
ON CONFLICT (road) DO UPDATE SET carrier = excluded.carrier, main = excluded.main,
    trouble = excluded.trouble, last_s = excluded.last_s, toward = excluded.toward,
    country = excluded.country, comes_s = excluded.comes_s, looked_s = excluded.looked_s,
    destination = excluded.destination, arrival = excluded.arrival
RETURNING road
"""
_SOME = """
SELECT s.id, o.last_s IS DISTINCT FROM s.last_s AS behind FROM (
    SELECT id, last_s FROM shipment WHERE id > $1 AND sealed_day IS NULL ORDER BY id LIMIT $2
) AS s LEFT JOIN outlook o ON o.road = s.id ORDER BY s.id
"""
_PASSED = """
SELECT road FROM outlook WHERE tenant = $1 AND comes_s < $2 AND looked_s < $3
ORDER BY comes_s DESC LIMIT $4
"""
FIRST_ROAD = -(2**63)


class Ahead(NamedTuple):
    """What a row shows of the road ahead. `looked_s`: when that was looked up."""

    destination: Place | None
    arrival: Arrival | None
    looked_s: int


class Listed(NamedTuple):
    """A row of the list; `position` is where the page after it begins."""

    shipment: ShipmentRow
    ahead: Ahead | None
    position: tuple[int, int]


class Outlooks:
    """The table `outlook`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def save(self, found: Mapping[int, Outlook], now_s: int) -> set[int]:
        """The roads that were kept; the others have no line in the read model yet."""
        rows = [_row(road, one) for road, one in found.items()]
        if not rows:
            return set()
        road, main, trouble, last, toward, country, comes, place, coming = map(
            list, zip(*rows, strict=True)
        )
        async with self._pool.connection() as connection:
            kept = await connection.fetch(
                _SAVE, road, main, trouble, last, toward, country, comes, place, now_s, coming
            )
        return {row["road"] for row in kept}

    async def behind(self, after: int, limit: int) -> tuple[list[int], int | None]:
        """Of the next roads by their key those whose outlook is missing or older than they are,
        and the last of all that were looked at; None at the end.
        """
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_SOME, after, limit)
        last = rows[-1]["id"] if len(rows) == limit else None
        return [row["id"] for row in rows if row["behind"]], last

    async def passed(self, tenant: int, now_s: int, looked_before_s: int, limit: int) -> list[int]:
        """Roads whose window has passed since they were looked at."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_PASSED, tenant, now_s, looked_before_s, limit)
        return [row["road"] for row in rows]

    async def of(self, roads: Sequence[int]) -> dict[int, Ahead]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT road, destination, arrival, looked_s FROM outlook "
                "WHERE road = ANY($1::bigint[])",
                list(roads),
            )
        return {row[0]: _ahead(row[1:]) for row in rows}

    async def list(self, tenant: int, wanted: OutlookFilter) -> list[Listed]:
        """One page of what an outlook is known of. Raises SlowListError."""
        async with planned(self._pool) as connection:
            narrow = await narrowed(connection, tenant, wanted)
            if narrow is None:
                return []
            sql, values = page_query(tenant, wanted, narrow)
            rows = await connection.fetch(sql, *values)
        size = len(ShipmentRow._fields)
        return [
            Listed(ShipmentRow(*row[:size]), _ahead(row[size : size + 3]), (row[-1], row[0]))
            for row in (tuple(one) for one in rows)
        ]

    async def count(self, tenant: int, wanted: OutlookFilter, most: int = COUNTED) -> int:
        """How many there are, `most` at the most. Raises SlowListError."""
        asked = structs.replace(wanted, after=None, limit=most)
        async with planned(self._pool) as connection:
            narrow = await narrowed(connection, tenant, asked)
            if narrow is None:
                return 0
            sql, values = keys_query(tenant, asked, narrow)
            return int(await connection.fetchval(f"SELECT count(*) FROM ({sql}) AS one", *values))


def _row(road: int, one: Outlook) -> tuple[Any, ...]:
    place = one.destination
    toward = (place.city or place.label) if place is not None else None
    return (
        road, one.main, one.trouble, one.last_s, toward.lower()[:200] if toward else None,
        place.country if place is not None else None, one.comes_s,
        _pack(place) if place is not None else None,
        _pack(one.arrival) if one.arrival is not None else None,
    )  # fmt: skip


def _ahead(row: Any) -> Ahead:
    place, coming, looked_s = row
    return Ahead(_place(place) if place else None, _arrival(coming) if coming else None, looked_s)
