"""Announcements waiting to be told become deliveries, one for each who wants to know."""

from __future__ import annotations

from datetime import datetime

import asyncpg

# So many messages a tenant may send a day, unless the server is told otherwise.
MOST_A_DAY = 10_000_000

# These statements do not wait for the disk: if the server's machine dies, what is lost is undone as
# a whole and done again. Said within each of them, it costs no round trip of its own.
QUICK = "set_config('synchronous_commit', 'off', true)"
# ANY(ARRAY(…)) takes the rows once even where the planner believes the outbox to be empty, as it
# mostly is; IN would look for them anew with each row.
# A dialect tells how things stand, so of the news of a batch each watch is sent the last, with the
# status `before` the first. The road
# of a change has the watches of all its numbers. OFFSET 0 has them looked up one by one: there may
# be a million, of which few have news. What goes over a day's cap is kept as failed, so that a
# person can send it later; the batch that would pass the cap is held back as a whole.
_FAN_OUT = f"""
WITH taken AS (
    DELETE FROM outbox WHERE id = ANY(ARRAY(
        SELECT id FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING id, tenant, shipment, topic, number, payload, created_us,
        'msg_' || replace(gen_random_uuid()::text, '-', '') AS message_id
), plain AS (
    SELECT t.id, t.tenant, s.id AS subscription, t.message_id, t.topic, t.number, t.payload,
        t.created_us
    FROM taken t JOIN subscription s ON s.tenant = t.tenant AND s.active AND s.dialect IS NULL
        AND t.topic = ANY(s.events) AND s.number IS NULL
), bound AS (
    SELECT t.id, t.tenant, s.id AS subscription, t.message_id, t.topic, n.number, t.payload,
        t.created_us
    FROM taken t CROSS JOIN LATERAL (
        SELECT t.number UNION
        SELECT l.number FROM link l WHERE l.road = t.shipment AND l.tenant = t.tenant
    ) AS n
    JOIN subscription s ON s.tenant = t.tenant AND s.active AND s.dialect IS NULL
        AND t.topic = ANY(s.events) AND s.number = n.number
), news AS (
    SELECT DISTINCT ON (w.id, s.id) t.*, s.id AS subscription, w.id AS watch, w.number AS watched,
        first_value(t.payload) OVER (PARTITION BY w.id, s.id ORDER BY t.id) AS first
    FROM taken t CROSS JOIN LATERAL (
        SELECT t.shipment AS parcel UNION SELECT l.parcel FROM link l WHERE l.road = t.shipment
    ) AS p
    CROSS JOIN LATERAL (
        SELECT id, number, dialect, subscription FROM dialect_watch
        WHERE parcel = p.parcel AND tenant = t.tenant AND active OFFSET 0
    ) AS w
    JOIN subscription s ON s.tenant = t.tenant AND s.dialect = w.dialect AND s.active
        AND t.topic = ANY(s.events)
        AND (s.id = w.subscription OR (w.subscription IS NULL AND s.account))
    ORDER BY w.id, s.id, t.id DESC
), buyers AS (
    SELECT DISTINCT ON (t.id, s.id) t.id, t.tenant, s.id AS subscription, t.message_id, t.topic,
        t.number, t.payload, t.created_us
    FROM taken t CROSS JOIN LATERAL (
        SELECT t.shipment AS parcel UNION SELECT l.parcel FROM link l WHERE l.road = t.shipment
    ) AS p
    JOIN buyer_parcel b ON b.parcel = p.parcel
    JOIN subscription s ON s.id = b.subscription AND s.tenant = t.tenant AND s.active
        AND t.topic = ANY(s.events)
), wanted AS (
    SELECT * FROM plain
    UNION ALL
    SELECT * FROM bound
    UNION ALL
    SELECT * FROM buyers
    UNION ALL
    SELECT n.id, n.tenant, n.subscription, 'msg_' || replace(gen_random_uuid()::text, '-', ''),
        n.topic, n.watched, convert_to('{{"watch":' || n.watch || ',"change":'
            || convert_from(n.payload, 'UTF8') || ',"before":'
            || coalesce((convert_from(n.first, 'UTF8')::json->'previous')::text, 'null')
            || '}}', 'UTF8'), n.created_us
    FROM news n
), counted AS (
    INSERT INTO push_day AS p (tenant, day, pushes)
    SELECT tenant, $3::integer, count(*) FROM wanted GROUP BY tenant ORDER BY tenant
    ON CONFLICT (tenant, day) DO UPDATE SET pushes = p.pushes + excluded.pushes
    RETURNING tenant, pushes <= $4::bigint AS room
), made AS (
    INSERT INTO delivery (tenant, subscription, message_id, topic, number, payload, next_at,
        created_at, state, last_error, finished_at)
    SELECT w.tenant, w.subscription, w.message_id, w.topic, w.number, w.payload,
        CASE WHEN c.room THEN $2::timestamptz END,
        timestamptz 'epoch' + w.created_us * interval '1 microsecond',
        CASE WHEN c.room THEN 'pending' ELSE 'failed' END,
        CASE WHEN NOT c.room THEN 'Not sent: the cap of ' || $4::bigint
            || ' messages a day is reached.' END,
        CASE WHEN NOT c.room THEN $2::timestamptz END
    FROM wanted w JOIN counted c USING (tenant) ORDER BY w.id
)
SELECT count(*), {QUICK} FROM taken
"""


async def fan_out(
    connection: asyncpg.Connection, limit: int, now: datetime, most_a_day: int = MOST_A_DAY
) -> int:
    """Of up to `limit` announcements, in one transaction; how many these were."""
    day = int(now.timestamp()) // 86_400
    return int(await connection.fetchval(_FAN_OUT, limit, now, day, most_a_day))
