"""The road ahead of each shipment, kept for lists that show, sort and filter by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, structs

from milepost.domain.place import Place
from milepost.domain.status import MAIN_CODE
from milepost.domain.track import Arrival
from milepost.engine.outlook import Outlook
from milepost.engine.rows import ShipmentRow
from milepost.stores.postgres.console.worries import COUNTED
from milepost.stores.postgres.listing import COLUMNS, like_of, text_conditions
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
# The places that begin like this, skipping along the index.
_TOWNS = """
WITH RECURSIVE one AS (
    (SELECT toward FROM outlook WHERE tenant = $1 AND toward LIKE $2 ORDER BY toward LIMIT 1)
    UNION ALL
    SELECT (SELECT toward FROM outlook WHERE tenant = $1 AND toward > one.toward AND toward LIKE $2
        ORDER BY toward LIMIT 1) FROM one WHERE one.toward IS NOT NULL)
SELECT toward FROM one WHERE toward IS NOT NULL LIMIT $3
"""
# So many places give their own first page each; of more, all are gone through in the list's order.
MOST_TOWNS = 20
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


class OutlookFilter(Struct, frozen=True, kw_only=True):
    """`toward`: beginning of the destination; `country`: ISO 3166-1. `soonest`: by the end of the
    arrival window, instead of the newest event first; only shipments that have one.
    """

    main: str | None = None
    carrier: str | None = None
    text: str | None = None
    trouble: bool | None = None
    toward: str | None = None
    country: str | None = None
    comes_from_s: int | None = None
    comes_before_s: int | None = None
    soonest: bool = False
    after: tuple[int, int] | None = None
    limit: int = 50


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
        """One page of what an outlook is known of."""
        async with self._asked(tenant, wanted) as (connection, sql, values):
            rows = await connection.fetch(sql, *values)
        size = len(ShipmentRow._fields)
        return [
            Listed(ShipmentRow(*row[:size]), _ahead(row[size : size + 3]), (row[-1], row[0]))
            for row in (tuple(one) for one in rows)
        ]

    async def count(self, tenant: int, wanted: OutlookFilter, most: int = COUNTED) -> int:
        """How many there are, `most` at the most."""
        asked = structs.replace(wanted, after=None, limit=most)
        async with self._asked(tenant, asked) as (connection, sql, values):
            found = await connection.fetchval(f"SELECT count(*) FROM ({sql}) AS one", *values)
        return int(found)

    @asynccontextmanager
    async def _asked(
        self, tenant: int, wanted: OutlookFilter
    ) -> AsyncIterator[tuple[Any, str, Sequence[Any]]]:
        async with self._pool.connection() as connection, connection.transaction(readonly=True):
            # The planner has to see the beginnings and bounds themselves.
            await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            towns = await _towns(connection, tenant, wanted)
            yield connection, *query(tenant, wanted, towns)


async def _towns(connection: Any, tenant: int, wanted: OutlookFilter) -> Sequence[str] | None:
    """The places that a filter means; None where it names none, or too many, or where so few
    shipments are left that one walk through them costs less than one for each place.
    """
    if not wanted.toward or wanted.trouble:
        return None
    like = like_of(wanted.toward.lower())
    found = [row[0] for row in await connection.fetch(_TOWNS, tenant, like, MOST_TOWNS + 1)]
    return found if len(found) <= MOST_TOWNS else None


def query(
    tenant: int, wanted: OutlookFilter, towns: Sequence[str] | None = None
) -> tuple[str, list[Any]]:
    """SQL and its values for one page. `towns`: the places that `toward` means."""
    values: list[Any] = [tenant]

    def bind(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    where = ["o.tenant = $1", *_where(wanted, bind)]
    column, sign, way = ("comes_s", ">", "") if wanted.soonest else ("last_s", "<", " DESC")
    if wanted.soonest:
        where.append("o.comes_s IS NOT NULL")
    if wanted.after is not None:
        at, road = bind(wanted.after[0]), bind(wanted.after[1])
        where.append(f"(o.{column}, o.road) {sign} ({at}, {road})")
    if wanted.toward and towns is None:
        where.append(f"o.toward LIKE {bind(like_of(wanted.toward.lower()))}")
    if towns is not None:
        where.append("o.toward = town.name")
    order, limit = f"ORDER BY {{0}}.{column}{way}, {{0}}.road{way}", bind(wanted.limit)
    found = (
        f"SELECT o.road, o.destination, o.arrival, o.looked_s, o.{column} FROM outlook o "
        f"{'JOIN shipment s ON s.id = o.road ' if wanted.text else ''}"
        f"WHERE {' AND '.join(where)} {order.format('o')} LIMIT {limit}"
    )
    if towns is not None:
        each = (
            f"unnest({bind(list(towns))}::text[]) AS town (name) CROSS JOIN LATERAL ({found}) AS o"
        )
        found = f"SELECT o.* FROM {each} {order.format('o')} LIMIT {limit}"
    columns = ", ".join(f"s.{one}" for one in COLUMNS.split(", "))
    return (
        f"SELECT {columns}, o.destination, o.arrival, o.looked_s, o.{column} "
        f"FROM ({found}) AS o JOIN shipment s ON s.id = o.road {order.format('o')}"
    ), values


def _where(wanted: OutlookFilter, bind: Callable[[Any], str]) -> list[str]:
    main = None if wanted.main is None else MAIN_CODE[wanted.main]
    equal = {"main": main, "carrier": wanted.carrier, "country": wanted.country}
    where = [f"o.{name} = {bind(one)}" for name, one in equal.items() if one is not None]
    if wanted.trouble:
        where.append("o.trouble")
    if wanted.text:
        found = text_conditions("s.", "$1", wanted.text, bind, road="o.road")
        where.append(f"({' OR '.join(found)})")
    if wanted.comes_from_s is not None:
        where.append(f"o.comes_s >= {bind(wanted.comes_from_s)}")
    if wanted.comes_before_s is not None:
        where.append(f"o.comes_s < {bind(wanted.comes_before_s)}")
    return where


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
