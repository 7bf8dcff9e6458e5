"""What devices say of their assets: the newest facts, and stretches of alarms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg
import msgspec

from milepost.engine.devices import Told
from milepost.engine.telemetry import Alarm, Fact
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.telemetry import shared

ALARMS = "alarms"
# Reports of one alarm that are no further apart tell of one stretch; terminals in a vehicle that
# is parked report every few minutes.
GAP_US = 15 * 60 * 1_000_000
_Body = dict[str, tuple[int, Any]]

# What is newer throughout, as it nearly always is, needs no look at each name: all of a body that
# goes in with the others is of one time.
_MERGE = """
ON CONFLICT (asset) DO UPDATE SET
    last_us = greatest(known.last_us, excluded.last_us),
    body = CASE WHEN known.last_us < {first} THEN known.body || excluded.body ELSE (
        SELECT jsonb_object_agg(key, value) FROM (
            SELECT DISTINCT ON (key) key, value FROM (
                SELECT * FROM jsonb_each(known.body)
                UNION ALL SELECT * FROM jsonb_each(excluded.body)
            ) AS every ORDER BY key, (value ->> 0)::bigint DESC, value DESC
        ) AS newest
    ) END
"""
_SAVE_MANY = """
INSERT INTO asset_fact AS known (asset, last_us, body)
SELECT * FROM unnest($1::integer[], $2::bigint[], $3::jsonb[])
""" + _MERGE.format(first="excluded.last_us")
_SAVE_MIXED = """
INSERT INTO asset_fact AS known (asset, last_us, body) VALUES ($1, $2, $4::jsonb)
""" + _MERGE.format(first="$3")
_TAKE_NEAR = """
DELETE FROM asset_alarm WHERE asset = $1 AND alarm = $2 AND until_us >= $3 AND from_us <= $4
RETURNING from_us, until_us, lat_e7, lon_e7
"""
_PUT = """
INSERT INTO asset_alarm (asset, alarm, from_us, until_us, lat_e7, lon_e7)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_STRETCHES = """
SELECT alarm, from_us, until_us, lat_e7, lon_e7 FROM asset_alarm
WHERE asset = $1 AND until_us >= $2 AND from_us <= $3 ORDER BY until_us DESC, alarm LIMIT $4
"""
_encode = msgspec.json.Encoder().encode


class Stretch(NamedTuple):
    """An alarm from its first report to its last; the place is that of the first."""

    from_us: int
    until_us: int
    lat_e7: int | None
    lon_e7: int | None


class _Rows(NamedTuple):
    """Bodies of one time each, as columns, and those that hold several times, as rows."""

    assets: list[int]
    last_us: list[int]
    bodies: list[str]
    mixed: list[tuple[int, int, int, str]]


class PostgresFacts:
    """See `engine.devices.Facts` and `engine.telemetry.FactReader`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._ids = shared(pool).ids

    async def record(self, tenant: int, told: Sequence[Told], received_us: int) -> None:
        if not told:
            return
        ids = await self._ids.of(tenant, {one.asset for one in told}, received_us)
        rows = _rows(_bodies(told, ids))
        points = _points(told, ids)
        async with self._pool.connection() as connection:
            if not points and not rows.mixed:
                await _save(connection, rows)
                return
            async with connection.transaction():
                # The row of an asset is locked by that, so its stretches have one writer at a time.
                await _save(connection, rows)
                for (asset, alarm), reported in sorted(points.items()):
                    for stretch in joined(reported):
                        await _put(connection, asset, alarm, stretch)

    async def facts(self, tenant: int, asset: str) -> dict[str, Fact]:
        """The newest of each; `alarms` is among them where the devices tell of alarms."""
        ids = await self._ids.known(tenant, [asset])
        if not ids:
            return {}
        async with self._pool.connection() as connection:
            body = await connection.fetchval(
                "SELECT body FROM asset_fact WHERE asset = $1", ids[asset]
            )
        found = {} if body is None else msgspec.json.decode(body)
        return {name: Fact(at_us, value) for name, (at_us, value) in found.items()}

    async def alarms(
        self, tenant: int, asset: str, from_us: int, until_us: int, limit: int
    ) -> list[Alarm]:
        """Those that were reported within a stretch, the last reported first."""
        ids = await self._ids.known(tenant, [asset])
        if not ids:
            return []
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_STRETCHES, ids[asset], from_us, until_us, limit)
        return [Alarm(*row) for row in rows]


async def _save(connection: asyncpg.Connection, rows: _Rows) -> None:
    if rows.assets:
        await connection.execute(_SAVE_MANY, rows.assets, rows.last_us, rows.bodies)
    if rows.mixed:
        await connection.executemany(_SAVE_MIXED, rows.mixed)


async def _put(connection: asyncpg.Connection, asset: int, alarm: str, new: Stretch) -> None:
    rows = await connection.fetch(
        _TAKE_NEAR, asset, alarm, new.from_us - GAP_US, new.until_us + GAP_US
    )
    (whole,) = joined([new, *(Stretch(*row) for row in rows)])
    await connection.execute(_PUT, asset, alarm, *whole)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Those that are near each other put together; the same in whatever order they come."""
    found: list[Stretch] = []
    for one in sorted(stretches, key=_order):
        last = found[-1] if found else None
        if last is None or one.from_us - last.until_us > GAP_US:
            found.append(one)
        else:
            found[-1] = last._replace(until_us=max(last.until_us, one.until_us))
    return found


def _order(one: Stretch) -> tuple[int, bool, int, int]:
    return one.from_us, one.lat_e7 is None, one.lat_e7 or 0, one.lon_e7 or 0


def _points(told: Sequence[Told], ids: Mapping[str, int]) -> dict[tuple[int, str], list[Stretch]]:
    found: dict[tuple[int, str], list[Stretch]] = defaultdict(list)
    for one in told:
        for alarm in one.alarms or ():
            point = Stretch(one.at_us, one.at_us, one.lat_e7, one.lon_e7)
            found[ids[one.asset], alarm].append(point)
    return found


def _bodies(told: Sequence[Told], ids: Mapping[str, int]) -> dict[int, _Body]:
    """The newest of each name, by asset."""
    found: dict[int, _Body] = {}
    for one in told:
        at_us, asset = one.at_us, ids[one.asset]
        said: _Body = {name: (at_us, value) for name, value in one.facts.items()}
        if one.alarms is not None:
            said[ALARMS] = at_us, sorted(one.alarms)
        body = found.get(asset)
        if body is None:
            found[asset] = said
            continue
        for name, value in said.items():
            known = body.get(name)
            if known is None or known[0] <= at_us:
                body[name] = value
    return found


def _rows(bodies: Mapping[int, _Body]) -> _Rows:
    """In the order of the assets, so that two writers never wait for each other in a ring."""
    rows = _Rows([], [], [], [])
    for asset, body in sorted(bodies.items()):
        times = {at_us for at_us, _ in body.values()}
        text = _encode(body).decode()
        if len(times) == 1:
            rows.assets.append(asset)
            rows.last_us.append(times.pop())
            rows.bodies.append(text)
        elif times:
            rows.mixed.append((asset, max(times), min(times), text))
    return rows
