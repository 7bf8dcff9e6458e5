"""Deliveries: claimed, tried by who claimed them, and written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from milepost.engine.delivery import Due, Message, Outcome, Wanted
from milepost.stores.postgres.audience import audience_of, followed_of
from milepost.stores.postgres.fanout import MOST_A_DAY, QUICK, fan_out
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.subscriptions import SUBSCRIPTION, subscription_of
from milepost.stores.sealer import Sealer

# The recursion hops from one waiting subscription to the next, however long their queues are. Each
# gets an equal share of the places, in random order, so that none is always the last.
_WAITING = """
WITH RECURSIVE waiting AS (
    (SELECT subscription FROM delivery WHERE state = 'pending' ORDER BY subscription LIMIT 1)
    UNION ALL
    SELECT (SELECT d.subscription FROM delivery d
        WHERE d.state = 'pending' AND d.subscription > w.subscription
        ORDER BY d.subscription LIMIT 1)
    FROM waiting w WHERE w.subscription IS NOT NULL
)"""
_CLAIM = f"""
{_WAITING}, lanes AS (
    SELECT s.id, least(coalesce(r.room, $4), greatest(1, $1 / count(*) OVER ())) AS room
    FROM waiting w JOIN subscription s ON s.id = w.subscription AND s.active
    LEFT JOIN unnest($2::bigint[], $3::integer[]) AS r (id, room) ON r.id = s.id
    WHERE coalesce(r.room, $4) > 0 AND EXISTS (SELECT FROM delivery d
        WHERE d.subscription = s.id AND d.state = 'pending' AND d.next_at <= $5)
    ORDER BY random()
), due AS (
    SELECT d.id FROM lanes CROSS JOIN LATERAL (
        SELECT id FROM delivery
        WHERE subscription = lanes.id AND state = 'pending' AND next_at <= $5
        ORDER BY next_at LIMIT lanes.room FOR UPDATE SKIP LOCKED
    ) AS d LIMIT $1
), claimed AS (
    UPDATE delivery d SET next_at = $6 FROM due WHERE d.id = due.id
    RETURNING d.id, d.attempts, d.subscription, d.message_id, d.topic, d.number, d.payload,
        d.created_at
)
SELECT c.id AS delivery, c.attempts, c.message_id, c.topic, c.number AS about, c.payload,
    c.created_at AS happened_at, {QUICK}, {SUBSCRIPTION}
FROM claimed c JOIN subscription s ON s.id = c.subscription ORDER BY c.id
"""
_NEXT_DUE = f"""
{_WAITING}
SELECT min((SELECT d.next_at FROM delivery d WHERE d.subscription = w.subscription
    AND d.state = 'pending' AND d.next_at > $1 ORDER BY d.next_at LIMIT 1))
FROM waiting w JOIN subscription s ON s.id = w.subscription AND s.active
"""
# What has been delivered stays so, whatever a second attempt after a crash may say.
_FINISH = f"""
WITH o AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::integer[], $5::text[],
        $6::timestamptz[], $7::jsonb[]) AS o (id, state, next_at, code, error, at, entry)
), done AS (
    UPDATE delivery d SET state = o.state, attempts = d.attempts + 1, next_at = o.next_at,
        last_code = o.code, last_error = o.error,
        finished_at = CASE WHEN o.state = 'pending' THEN NULL ELSE o.at END,
        history = CASE WHEN jsonb_array_length(d.history) < 30 THEN d.history
            ELSE d.history - 0 END || o.entry
    FROM o WHERE d.id = o.id AND d.state = 'pending'
), healed AS (
    UPDATE subscription SET failing_since = NULL
    WHERE id = ANY($8::bigint[]) AND failing_since IS NOT NULL
), failing AS (
    UPDATE subscription s SET failing_since = f.at
    FROM unnest($9::bigint[], $10::timestamptz[]) AS f (id, at)
    WHERE s.id = f.id AND s.failing_since IS NULL
)
SELECT {QUICK}
"""
_DISABLE = """
UPDATE subscription SET active = false, disabled_why = $2
WHERE id = $1 AND active AND (failing_since IS NOT NULL OR NOT $3)
"""
_PRUNE = """
DELETE FROM delivery WHERE id IN (
    SELECT d.id FROM delivery d JOIN subscription s ON s.id = d.subscription
    WHERE coalesce(d.finished_at, d.next_at) < $1 AND (d.state <> 'pending' OR NOT s.active)
    LIMIT $2)
"""
_encode = msgspec.json.Encoder().encode


class PostgresOutbox:
    """See `engine.delivery.Outbox`."""

    def __init__(self, pool: Pool, sealer: Sealer, most_a_day: int = MOST_A_DAY) -> None:
        self._pool = pool
        self._sealer = sealer
        self._most_a_day = most_a_day

    async def audience(self) -> dict[int, Wanted]:
        async with self._pool.connection() as connection:
            return await audience_of(connection)

    async def followed(self) -> list[int]:
        """Keys of the parcels that clients of dialects and buyers follow or followed, ascending."""
        async with self._pool.connection() as connection:
            return await followed_of(connection)

    async def claim_outbox(self, limit: int, now: datetime) -> int:
        async with self._pool.connection() as connection:
            return await fan_out(connection, limit, now, self._most_a_day)

    async def claim_deliveries(
        self, limit: int, room: Mapping[int, int], usual_room: int, now: datetime, lease_s: float
    ) -> list[Due]:
        until = now + timedelta(seconds=lease_s)
        values = (limit, list(room), list(room.values()), usual_room, now, until)
        async with self._pool.connection() as connection:
            return [_due(row, self._sealer) for row in await connection.fetch(_CLAIM, *values)]

    async def next_due(self, now: datetime) -> datetime | None:
        async with self._pool.connection() as connection:
            found: datetime | None = await connection.fetchval(_NEXT_DUE, now)
        return found

    async def finish(self, outcomes: Sequence[Outcome]) -> None:
        columns = map(list, zip(*map(_row, outcomes), strict=True))
        values = [*columns, *_health(outcomes)]
        disabled = [one for one in outcomes if one.disable]
        async with self._pool.connection() as connection:
            if not disabled:
                await connection.execute(_FINISH, *values)
                return
            async with connection.transaction():
                await connection.execute(_FINISH, *values)
                for one in disabled:
                    await connection.execute(
                        _DISABLE, one.subscription, one.disable, one.unless_healed
                    )

    async def release(self, deliveries: Sequence[int], now: datetime) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE delivery SET next_at = $2 "
                "WHERE id = ANY($1::bigint[]) AND state = 'pending'",
                list(deliveries),
                now,
            )

    async def prune(self, before: datetime, limit: int) -> int:
        async with self._pool.connection() as connection:
            done: str = await connection.execute(_PRUNE, before, limit)
        return int(done.rpartition(" ")[2])


def _due(row: asyncpg.Record, sealer: Sealer) -> Due:
    message = Message(
        row["message_id"], row["topic"], row["about"], row["happened_at"], row["payload"]
    )
    return Due(row["delivery"], row["attempts"], subscription_of(row, sealer), message)


def _row(one: Outcome) -> tuple[object, ...]:
    attempt = one.attempt
    entry = _encode(attempt).decode().replace("\\u0000", "")
    error = attempt.error and attempt.error.replace("\x00", "")
    return (one.delivery, one.state, one.next_at, attempt.code, error, attempt.at, entry)


def _health(outcomes: Sequence[Outcome]) -> tuple[list[int], list[int], list[datetime]]:
    """Subscriptions that took something, those that took nothing, and since when."""
    healed = {one.subscription for one in outcomes if one.state == "delivered"}
    failing: dict[int, datetime] = {}
    for one in outcomes:
        if one.subscription not in healed:
            failing.setdefault(one.subscription, one.attempt.at)
    return sorted(healed), list(failing), list(failing.values())
