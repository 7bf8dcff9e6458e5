"""Samples in PostgreSQL: rows for the last while, packed chunks for all the rest.

Every `PostgresTelemetry` over the same pool shares one queue and one set of listeners, so that
whoever takes samples in need not know who watches them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import asyncpg
import msgspec
import structlog

from milepost.domain.telemetry import Sample
from milepost.engine.devices import Recorded
from milepost.engine.telemetry import Curve, SamplesListener
from milepost.sensing.series import FIELDS, column, storable, unpack
from milepost.stores.postgres.assets import AssetIds, PostgresTerminals
from milepost.stores.postgres.gathering import Gathering
from milepost.stores.postgres.pool import Pool

log = structlog.get_logger()
Body = tuple[int, int, bytes]  # asset, at_us, content

# One statement is one transaction and one round trip. A plain COPY would be quicker still, but
# could not leave out what is there already, nor say what that was.
_ADD = """
INSERT INTO telemetry_sample (asset, at_us, received_us, body)
SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bytea[])
ON CONFLICT DO NOTHING RETURNING asset, at_us, body
"""
_ROWS = """
SELECT asset, at_us, body FROM telemetry_sample
WHERE asset = ANY($1::int[]) AND at_us BETWEEN $2 AND $3 ORDER BY at_us
"""
_CHUNKS = """
SELECT asset, body FROM telemetry_chunk
WHERE asset = ANY($1::int[]) AND last_us >= $2 AND first_us <= $3 ORDER BY last_us
"""
_LAST_CHUNKS = """
SELECT body FROM telemetry_chunk WHERE asset = $1 AND last_us >= $2 AND first_us <= $3
ORDER BY last_us DESC LIMIT 3
"""
_LAST_ROWS = """
SELECT asset, at_us, body FROM telemetry_sample
WHERE asset = $1 AND at_us BETWEEN $2 AND $3 ORDER BY at_us DESC LIMIT 200
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


class _Wanted(NamedTuple):
    tenant: int
    samples: Sequence[Sample]
    received_us: int


class _Shared:
    """What all users of one pool have in common."""

    def __init__(self, pool: Pool) -> None:
        self.ids = AssetIds(pool)
        self.listeners: list[SamplesListener] = []
        self.sealed: dict[int, int] = {}  # asset → the newest time that is in a chunk
        self.rows: Counter[int] = Counter()  # asset → rows that wait to be packed
        self.queue: Gathering[_Wanted, Recorded] = Gathering(self._write)
        self._pool = pool

    async def _write(self, calls: list[_Wanted]) -> list[Recorded]:
        wanted: list[list[Body]] = []
        for call in calls:
            names = {one.asset for one in call.samples}
            ids = await self.ids.of(call.tenant, names, call.received_us)
            wanted.append([(ids[one.asset], one.at_us, _encode(one[2:])) for one in call.samples])
        received = {
            body: call.received_us
            for bodies, call in zip(wanted, calls, strict=True)
            for body in bodies
        }
        async with self._pool.connection() as connection:
            for known in await self._in_chunks(connection, received):
                del received[known]
            new = await _add(connection, received)
        self.rows.update(asset for asset, _, _ in new)
        return [_receipt(bodies, new) for bodies in wanted]

    async def _in_chunks(
        self, connection: asyncpg.Connection, bodies: Mapping[Body, int]
    ) -> set[Body]:
        """Those that were packed already: late repetitions, so seldom any need to look."""
        late = [body for body in bodies if body[1] <= self.sealed.get(body[0], -1)]
        if not late:
            return set()
        assets, times = {body[0] for body in late}, [body[1] for body in late]
        rows = await connection.fetch(_CHUNKS, sorted(assets), min(times), max(times))
        packed = {
            (row[0], one.at_us, _encode(one[2:])) for row in rows for one in unpack("", row[1])
        }
        return packed.intersection(late)


def shared(pool: Pool) -> _Shared:
    """What all telemetry over a pool has in common."""
    found: _Shared = pool.shared.setdefault("telemetry", _Shared(pool))
    return found


class PostgresTelemetry:
    """See `engine.devices.Telemetry` and `engine.telemetry.TelemetryReader`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._shared = shared(pool)

    def listen(self, listener: SamplesListener) -> None:
        """Be told of samples, by whoever they come in over this pool, once they are durable."""
        self._shared.listeners.append(listener)

    def unlisten(self, listener: SamplesListener) -> None:
        self._shared.listeners.remove(listener)

    async def record(self, tenant: int, samples: Sequence[Sample], received_us: int) -> Recorded:
        """Durable when it returns; in any order, any number of times.

        Raises ValueError where a number of a sample is no integer or beyond ±2⁶⁰; then none of
        the call is taken.
        """
        if not samples:
            return Recorded(0, 0)
        for one in samples:
            if not storable(one):
                raise ValueError(f"not integers of a size that can be kept: {one}")
        recorded = await self._shared.queue.add(_Wanted(tenant, samples, received_us))
        for listener in self._shared.listeners:
            listener(tenant, samples)
        return recorded

    async def samples(
        self, tenant: int, assets: Sequence[str], from_us: int, until_us: int
    ) -> dict[str, list[Sample]]:
        """Each asset's samples of a stretch, oldest first, each once."""
        ids = await self._shared.ids.known(tenant, assets)
        names = {one: name for name, one in ids.items()}
        found: dict[str, set[Sample]] = {name: set() for name in ids}
        if not ids:
            return {}
        rows, chunks = await self._read(list(names), from_us, until_us)
        for asset, at_us, body in rows:
            found[names[asset]].add(sample_of(names[asset], at_us, body))
        for asset, body in chunks:
            within = (s for s in unpack(names[asset], body) if from_us <= s.at_us <= until_us)
            found[names[asset]].update(within)
        return {name: sorted(one, key=_at) for name, one in found.items()}

    async def curve(
        self, tenant: int, asset: str, field: str, from_us: int, until_us: int
    ) -> Curve:
        """One field of one asset, oldest first."""
        return (await self.curves(tenant, asset, [field], from_us, until_us))[field]

    async def curves(
        self, tenant: int, asset: str, fields: Sequence[str], from_us: int, until_us: int
    ) -> dict[str, Curve]:
        """Several fields of one asset, read once."""
        ids = await self._shared.ids.known(tenant, [asset])
        if not ids:
            return {field: Curve([], []) for field in fields}
        rows, chunks = await self._read(list(ids.values()), from_us, until_us)
        fresh = [(at_us, _decode(body)) for _, at_us, body in rows]
        found: dict[str, Curve] = {}
        for field in fields:
            index = FIELDS.index(field)
            pairs = [(at_us, int(one[index])) for at_us, one in fresh if one[index] is not None]
            parts = [*(column(body, field) for _, body in chunks), _split(pairs)]
            found[field] = _joined([part for part in parts if part[0]], from_us, until_us)
        return found

    async def known(self, tenant: int, names: Sequence[str]) -> set[str]:
        """Those of the names that are assets."""
        return set(await self._shared.ids.known(tenant, names))

    async def latest(
        self, tenant: int, asset: str, field: str, from_us: int, until_us: int
    ) -> Sample | None:
        """The newest sample of the stretch that has a value of the field."""
        ids = await self._shared.ids.known(tenant, [asset])
        if not ids:
            return None
        index = Sample._fields.index(field)
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_LAST_ROWS, ids[asset], from_us, until_us)
            chunks = await connection.fetch(_LAST_CHUNKS, ids[asset], from_us, until_us)
        found = [sample_of(asset, row[1], row[2]) for row in rows]
        found += [one for row in chunks for one in unpack(asset, row[0])]
        fitting = [s for s in found if s[index] is not None and from_us <= s.at_us <= until_us]
        return max(fitting, key=_at, default=None)

    async def _read(
        self, ids: list[int], from_us: int, until_us: int
    ) -> tuple[list[Body], list[tuple[int, bytes]]]:
        # Rows first: what is packed meanwhile is then read twice, never missed.
        async with self._pool.connection() as connection:
            rows = await connection.fetch(_ROWS, ids, from_us, until_us)
            chunks = await connection.fetch(_CHUNKS, ids, from_us, until_us)
        return rows, chunks


async def _add(connection: asyncpg.Connection, received: Mapping[Body, int]) -> set[Body]:
    if not received:
        return set()
    assets, times, bodies = zip(*received, strict=True)
    rows = await connection.fetch(_ADD, assets, times, list(received.values()), bodies)
    return {tuple(row) for row in rows}


def _receipt(bodies: Sequence[Body], new: set[Body]) -> Recorded:
    """What of a call is new; of two calls with the same sample, only the first has it new."""
    mine = new.intersection(bodies)
    new -= mine
    return Recorded(len(mine), len(bodies) - len(mine))


def _split(pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [at for at, _ in pairs], [value for _, value in pairs]


def _joined(parts: list[tuple[list[int], list[int]]], from_us: int, until_us: int) -> Curve:
    """Chunks one after the other; put in order only where they overlap."""
    parts.sort(key=lambda part: part[0][0])
    times = [at for part in parts for at in part[0]]
    values = [value for part in parts for value in part[1]]
    overlap = any(a[0][-1] >= b[0][0] for a, b in pairwise(parts))
    if overlap or (times and not from_us <= times[0] <= times[-1] <= until_us):
        pairs = sorted(set(zip(times, values, strict=True)))
        times, values = _split([pair for pair in pairs if from_us <= pair[0] <= until_us])
    return Curve(times, values)


def sample_of(asset: str, at_us: int, body: bytes) -> Sample:
    """A row, read."""
    values: Sequence[Any] = _decode(body)
    return Sample(asset, at_us, *values)


def _at(sample: Sample) -> int:
    return sample.at_us


__all__ = ["PostgresTelemetry", "PostgresTerminals", "shared"]
