"""What the judge of sensors keeps: limits of single shipments, fences, bursts, how far it saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg
import msgspec
import zstandard

from milepost.domain.alert import Finding
from milepost.domain.care import Limits
from milepost.sensing.geofence import Fence
from milepost.sensing.shock import AROUND_US, NOTHING, Burst, Shock, stretch
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.telemetry import shared

# Transactions that began before and ended after we looked are caught by this.
SLACK_S = 10
_SAVE_LIMITS = """
INSERT INTO sensing_limits (tenant, number, limits) VALUES ($1, $2, $3)
ON CONFLICT (tenant, number) DO UPDATE SET limits = excluded.limits
"""
_SAVE_FENCE = """
INSERT INTO geofence (tenant, name, lat_e7, lon_e7, enter_m, exit_m, stay_s)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, name) DO UPDATE SET
    lat_e7 = excluded.lat_e7, lon_e7 = excluded.lon_e7, enter_m = excluded.enter_m,
    exit_m = excluded.exit_m, stay_s = excluded.stay_s
"""
_FENCES = """
SELECT name, lat_e7, lon_e7, enter_m, exit_m, stay_s FROM geofence WHERE tenant = $1 ORDER BY name
"""
_SAVE_BURST = """
INSERT INTO telemetry_burst (asset, at_us, received_us, rate_mhz, digest, shocks, body)
VALUES ($1, $2, $3, $4, sha256($6::bytea), $5, $6) ON CONFLICT DO NOTHING
"""
_BEFORE = """
SELECT at_us, rate_mhz, body FROM telemetry_burst
WHERE asset = $1 AND at_us < $2 AND at_us > $3 ORDER BY at_us DESC LIMIT $4
"""
_AFTER = """
SELECT at_us, rate_mhz, body FROM telemetry_burst
WHERE asset = $1 AND at_us > $2 AND at_us < $3 ORDER BY at_us LIMIT $4
"""
# Bursts are of a second or so as a rule, and of ten minutes at most.
_LONGEST_US, _NEIGHBOURS = 600_000_000, 16
# So long a queue that is sent again is known to be the same.
SYNCS_KEPT_US = 30 * 86_400_000_000
# Unnamed devices have each sync under a name of its own: theirs are all looked through.
_SYNC = """
WITH old AS (
    DELETE FROM device_sync WHERE tenant = $1 AND synced_us < $6 AND sent_us <> $3
        AND (device = $2 OR starts_with($2, '#') AND starts_with(device, '#'))
)
INSERT INTO device_sync AS known VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, device, sent_us) DO UPDATE SET sent_us = known.sent_us RETURNING offset_us
"""
_NEW_SAMPLES = """
SELECT a.tenant, a.name, min(s.at_us), max(s.at_us)
FROM telemetry_sample s JOIN asset a ON a.id = s.asset
WHERE s.recorded_at >= $1 GROUP BY a.tenant, a.name
"""
_NEW_CHANGES = """
SELECT tenant, CASE child WHEN '*' THEN parent ELSE child END, min(at_us), max(at_us)
FROM containment_change WHERE recorded_at >= $1 GROUP BY 1, 2
"""


class Unseen(NamedTuple):
    """A name about which something was recorded that the rules have not seen yet."""

    tenant: int
    name: str
    first_us: int
    last_us: int


class PostgresSensing:
    """See the protocols in `engine.sensing_ports`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def recorded(self, road: int, rules: Sequence[str]) -> list[tuple[str, int, int | None]]:
        """(rule, second since when, second until when) of all of a road's alerts."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT rule, opened_s, cleared_s FROM alert "
                "WHERE shipment = $1 AND rule = ANY($2::text[])",
                road,
                list(rules),
            )
        return [(row[0], row[1], row[2]) for row in rows]

    async def open_alerts(self, rules: Sequence[str]) -> list[tuple[int, int, str]]:
        """(road, tenant, number) of what is open."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT DISTINCT shipment, tenant, number FROM alert "
                "WHERE cleared_s IS NULL AND rule = ANY($1::text[])",
                list(rules),
            )
        return [(row[0], row[1], row[2]) for row in rows]

    async def standing(
        self, rules: Sequence[str], roads: Sequence[int] | None
    ) -> list[tuple[int, Finding]]:
        """(road, finding) of what is open, of some roads or all."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch(
                "SELECT shipment, rule, severity, opened_s, detail FROM alert "
                "WHERE cleared_s IS NULL AND rule = ANY($1::text[]) "
                "AND ($2::bigint[] IS NULL OR shipment = ANY($2))",
                list(rules),
                None if roads is None else list(roads),
            )
        return [
            (row[0], Finding(row[1], row[2], row[3], msgspec.json.decode(row[4]))) for row in rows
        ]

    async def limits(self) -> dict[tuple[int, str], Limits]:
        """(tenant, number) → its own limits, of all that have any."""
        async with self._pool.connection() as connection:
            rows = await connection.fetch("SELECT tenant, number, limits FROM sensing_limits")
        return {(row[0], row[1]): msgspec.json.decode(row[2], type=Limits) for row in rows}

    async def save_limits(self, tenant: int, number: str, limits: Limits) -> None:
        async with self._pool.connection() as connection:
            body = msgspec.json.encode(limits).decode()
            await connection.execute(_SAVE_LIMITS, tenant, number, body)

    async def fences(self, tenant: int) -> list[Fence]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_FENCES, tenant)
        return [Fence(row[0], (row[1], row[2]), row[3], row[4], row[5]) for row in rows]

    async def save_fence(self, tenant: int, fence: Fence) -> None:
        name, (lat_e7, lon_e7), enter_m, exit_m, stay_s = fence
        async with self._pool.connection() as connection:
            await connection.execute(
                _SAVE_FENCE, tenant, name, lat_e7, lon_e7, enter_m, exit_m, stay_s
            )

    async def delete_fence(self, tenant: int, name: str) -> bool:
        async with self._pool.connection() as connection:
            done = await connection.execute(
                "DELETE FROM geofence WHERE tenant = $1 AND name = $2", tenant, name
            )
        return bool(done == "DELETE 1")

    async def around(self, tenant: int, asset: str, burst: Burst) -> tuple[Burst, Burst]:
        """What is kept of an asset's acceleration just before a burst, and just after it."""
        number = (await shared(self._pool).ids.known(tenant, [asset])).get(asset)
        if number is None:
            return NOTHING, NOTHING
        first, last = burst.times[0], burst.times[-1]
        async with self._pool.connection() as connection:
            earlier = await connection.fetch(
                _BEFORE, number, first, first - _LONGEST_US, _NEIGHBOURS
            )
            later = await connection.fetch(_AFTER, number, first, last + AROUND_US, _NEIGHBOURS)
        return (
            _joined(reversed(earlier), first - AROUND_US, first - 1),
            _joined(later, last + 1, last + AROUND_US),
        )

    async def save_burst(
        self, tenant: int, asset: str, burst: Burst, found: Sequence[Shock], received_us: int
    ) -> None:
        """Keep a burst as it came, with what was found in it. The same one twice is one."""
        ids = await shared(self._pool).ids.of(tenant, [asset], received_us)
        span_us = burst.times[-1] - burst.times[0]
        rate_mhz = round(1e9 * (len(burst.times) - 1) / span_us) if span_us else 0
        body = zstandard.compress(msgspec.msgpack.encode(burst[1:]))
        shocks = msgspec.json.encode([one._asdict() for one in found]).decode()
        async with self._pool.connection() as connection:
            await connection.execute(
                _SAVE_BURST, ids[asset], burst.times[0], received_us, rate_mhz, shocks, body
            )

    async def offset(self, tenant: int, device: str) -> int | None:
        """How far a device's clock was off at its last sync (µs)."""
        async with self._pool.connection() as connection:
            found: int | None = await connection.fetchval(
                "SELECT offset_us FROM device_clock WHERE tenant = $1 AND device = $2",
                tenant,
                device,
            )
        return found

    async def save_offset(self, tenant: int, device: str, offset: int, synced_us: int) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO device_clock VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, device) "
                "DO UPDATE SET offset_us = excluded.offset_us, synced_us = excluded.synced_us",
                tenant,
                device,
                offset,
                synced_us,
            )

    async def sync(
        self, tenant: int, device: str, sent_us: int, offset: int, synced_us: int
    ) -> int:
        """Note a sync; the offset of the first of this device and time."""
        async with self._pool.connection() as connection:
            found: int = await connection.fetchval(
                _SYNC, tenant, device, sent_us, offset, synced_us, synced_us - SYNCS_KEPT_US
            )
        return found

    async def now(self) -> datetime:
        """The database's clock, by which rows are marked."""
        async with self._pool.connection() as connection:
            found: datetime = await connection.fetchval(
                "SELECT now() - $1 * interval '1 second'", SLACK_S
            )
        return found

    async def seen(self, shard: int, until: datetime) -> None:
        """The rules have seen all that was recorded until then."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO sensing_checkpoint VALUES ($1, $2) "
                "ON CONFLICT (shard) DO UPDATE SET seen_until = excluded.seen_until",
                shard,
                until,
            )

    async def unseen(self) -> list[Unseen]:
        """What was recorded after all processes had last seen everything."""
        async with self._pool.connection() as connection:
            since = await connection.fetchval(
                "SELECT coalesce(min(seen_until), '-infinity') FROM sensing_checkpoint"
            )
            rows = await connection.fetch(_NEW_SAMPLES, since)
            rows += await connection.fetch(_NEW_CHANGES, since)
        return [Unseen(*row) for row in rows]


def _joined(rows: Iterable[asyncpg.Record], from_us: int, until_us: int) -> Burst:
    """The stretch of some bursts between two instants, as one; what overlaps counts once."""
    parts = []
    for row in rows:
        parts.append(stretch(_burst(row), from_us, until_us))
        from_us = max(from_us, (parts[-1].times or [0])[-1] + 1)
    return Burst(*([value for part in parts for value in part[axis]] for axis in range(4)))


def _burst(row: asyncpg.Record) -> Burst:
    axes: list[list[int]] = msgspec.msgpack.decode(zstandard.decompress(row["body"]))
    step_us = 1e9 / row["rate_mhz"] if row["rate_mhz"] else 0
    times = [row["at_us"] + round(index * step_us) for index in range(len(axes[0]))]
    return Burst(times, *axes)
