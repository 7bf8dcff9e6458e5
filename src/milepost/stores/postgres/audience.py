"""Who wants to be told what: the topics of subscriptions, and the parcels that are followed."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from milepost.engine.delivery import Wanted

# Who has very many subscriptions of single numbers is told of all that happens.
MOST_NUMBERS = 5_000
# A dialect's clients and buyers follow parcels, whichever numbers these have.
_AUDIENCE = """
SELECT tenant, topic, bool_or(dialect IS NOT NULL) AS followed,
    coalesce(bool_or(dialect IS NULL AND number IS NULL), false)
        OR count(*) FILTER (WHERE dialect IS NULL) > $1 AS every,
    array_agg(DISTINCT number) FILTER (WHERE dialect IS NULL AND number IS NOT NULL) AS numbers
FROM subscription, unnest(events) AS topic WHERE active GROUP BY tenant, topic
"""
_FOLLOWED = """
SELECT parcel FROM dialect_watch
UNION SELECT parcel FROM buyer_parcel ORDER BY parcel
"""


async def audience_of(connection: asyncpg.Connection) -> dict[int, Wanted]:
    """What each tenant has an active subscription for."""
    return _wanted(await connection.fetch(_AUDIENCE, MOST_NUMBERS))


async def followed_of(connection: asyncpg.Connection) -> list[int]:
    """Keys of the parcels that clients of dialects and buyers follow or followed, ascending."""
    return [row[0] for row in await connection.fetch(_FOLLOWED)]


def _wanted(rows: Sequence[asyncpg.Record]) -> dict[int, Wanted]:
    of_tenant: dict[int, list[asyncpg.Record]] = {}
    for row in rows:
        of_tenant.setdefault(row["tenant"], []).append(row)
    return {tenant: _wanted_of(some) for tenant, some in of_tenant.items()}


def _wanted_of(rows: Sequence[asyncpg.Record]) -> Wanted:
    return Wanted(
        topics=frozenset(row["topic"] for row in rows if row["every"]),
        numbers={
            row["topic"]: frozenset(row["numbers"])
            for row in rows
            if row["numbers"] and not row["every"]
        },
        followed=frozenset(row["topic"] for row in rows if row["followed"]),
    )
