"""What the poller keeps: who asks for which connection, which numbers are due, what was spent."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.engine.polling import Asked, Connection, Target
from milepost.stores.postgres.connections import COLUMNS, connection_of
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer

_HOLD = """
UPDATE connection SET held_by = $2, held_until = now() + $3 * interval '1 second'
WHERE id = $1 AND active AND (held_by IS NULL OR held_by = $2 OR held_until < now()) RETURNING id
"""
_LET_GO = "UPDATE connection SET held_by = NULL WHERE id = $1 AND held_by = $2"
# A box's road has the shipment's line; all numbers it travelled under are asked for. What had ended
# and is open again is followed again.
_GATHER = """
INSERT INTO poll_target (connection, parcel, number, carrier, due_us, created_us)
SELECT DISTINCT ON (f.parcel) $1, f.parcel, f.number, f.carrier, $5, f.created_us FROM (
    SELECT s.id AS parcel, s.number, s.carrier, s.created_us FROM shipment s
    WHERE s.tenant = $2 AND NOT s.main = ANY($4) AND s.number <> ''
    UNION ALL
    SELECT l.parcel, l.number, l.carrier, s.created_us
    FROM shipment s JOIN link l ON l.road = s.id
    WHERE s.tenant = $2 AND NOT s.main = ANY($4)
) AS f
LEFT JOIN poll_target known ON known.connection = $1 AND known.parcel = f.parcel
WHERE ($3::text[] = '{}' OR f.carrier = ANY($3))
    AND (known.parcel IS NULL OR known.done_why = 'closed')
ON CONFLICT (connection, parcel) DO UPDATE
    SET done_why = NULL, due_us = excluded.due_us, carrier = excluded.carrier
"""
_CLAIM = """
UPDATE poll_target t SET due_us = $4 FROM (
    SELECT parcel FROM poll_target
    WHERE connection = $1 AND done_why IS NULL AND due_us <= $3
    ORDER BY due_us LIMIT $2 FOR UPDATE SKIP LOCKED
) AS due
WHERE t.connection = $1 AND t.parcel = due.parcel
RETURNING t.parcel, t.number, t.carrier, t.created_us, t.failures
"""
_SPEND = """
UPDATE connection SET spent = CASE WHEN spent_day = $2 THEN spent + 1 ELSE 1 END, spent_day = $2
WHERE id = $1 AND (daily_budget IS NULL OR daily_budget > CASE WHEN spent_day = $2 THEN spent
    ELSE 0 END) RETURNING id
"""
_FINISH = """
UPDATE poll_target t SET due_us = coalesce(a.due_us, t.due_us),
    answered_us = coalesce(a.answered_us, t.answered_us),
    changed_us = coalesce(a.changed_us, t.changed_us), last_error = a.error,
    failures = CASE WHEN a.error IS NULL THEN 0 ELSE least(t.failures + 1, 1000) END,
    done_why = a.done_why
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
    AS a (parcel, due_us, answered_us, changed_us, error, done_why)
WHERE t.connection = $1 AND t.parcel = a.parcel
"""
_TELL = """
UPDATE connection SET state = $2, breaker = $3, waits_until_us = $4,
    answered_us = coalesce($5, answered_us), last_error = coalesce($6, last_error),
    last_error_us = coalesce($7, last_error_us)
WHERE id = $1
"""
_PUSHED = """
WITH told AS (UPDATE connection SET pushed_us = $3 WHERE id = $1)
UPDATE poll_target SET answered_us = $3, changed_us = $3, failures = 0, last_error = NULL,
    due_us = greatest(due_us, $3 + 3600000000)
WHERE connection = $1 AND number = ANY($2)
"""


class PostgresPolls:
    """See `engine.polling.PollStore`. `closed`: codes of the mains of which nothing more comes."""

    def __init__(self, pool: Pool, sealer: Sealer, closed: Sequence[int]) -> None:
        self._pool = pool
        self._sealer = sealer
        self._closed = list(closed)

    async def all(self) -> list[Connection]:
        async with self._pool.connection() as database:
            rows = await database.fetch(
                f"SELECT {COLUMNS} FROM connection WHERE active ORDER BY id"
            )
        return [connection_of(row, self._sealer) for row in rows]

    async def pushed_to(self, connection: int) -> Connection | None:
        async with self._pool.connection() as database:
            row = await database.fetchrow(
                f"SELECT {COLUMNS} FROM connection WHERE id = $1", connection
            )
        return None if row is None else connection_of(row, self._sealer)

    async def hold(self, connection: int, holder: str, for_s: float) -> bool:
        async with self._pool.connection() as database:
            return await database.fetchval(_HOLD, connection, holder, for_s) is not None

    async def let_go(self, connection: int, holder: str) -> None:
        async with self._pool.connection() as database:
            await database.execute(_LET_GO, connection, holder)

    async def gather(self, connection: Connection, carriers: Sequence[str], now_us: int) -> int:
        values = (connection.id, connection.tenant, list(carriers), self._closed, now_us)
        async with self._pool.connection() as database:
            done: str = await database.execute(_GATHER, *values)
        return int(done.rpartition(" ")[2])

    async def claim(self, connection: int, limit: int, now_us: int, lease_us: int) -> list[Target]:
        async with self._pool.connection() as database:
            rows = await database.fetch(_CLAIM, connection, limit, now_us, now_us + lease_us)
        return [Target(**dict(row)) for row in rows]

    async def next_due(self, connection: int) -> int | None:
        async with self._pool.connection() as database:
            found: int | None = await database.fetchval(
                "SELECT min(due_us) FROM poll_target WHERE connection = $1 AND done_why IS NULL",
                connection,
            )
        return found

    async def spend(self, connection: int, day: int) -> bool:
        async with self._pool.connection() as database:
            return await database.fetchval(_SPEND, connection, day) is not None

    async def finish(self, connection: int, asked: Sequence[Asked]) -> None:
        names = ("parcel", "due_us", "answered_us", "changed_us", "error", "done_why")
        columns = [[getattr(one, name) for one in asked] for name in names]
        async with self._pool.connection() as database:
            await database.execute(_FINISH, connection, *columns)

    async def tell(self, connection: Connection) -> None:
        one = connection
        async with self._pool.connection() as database:
            await database.execute(
                _TELL, one.id, one.state, one.breaker, one.waits_until_us, one.answered_us,
                one.last_error, one.last_error_us,
            )  # fmt: skip

    async def pushed(self, connection: int, numbers: Sequence[str], now_us: int) -> None:
        async with self._pool.connection() as database:
            await database.execute(_PUSHED, connection, list(numbers), now_us)
