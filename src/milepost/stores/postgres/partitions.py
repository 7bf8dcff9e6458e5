"""The partitions of a day of ingest."""

from __future__ import annotations

from datetime import date, timedelta

import asyncpg


async def make_partitions(connection: asyncpg.Connection, day: date) -> None:
    """Make those of this day, with their indexes, where they are not there yet."""
    name = day.strftime("%Y%m%d")
    until = day + timedelta(days=1)
    for table in ("journal", "raw", "vault_text"):
        await connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table}_{name} PARTITION OF {table} "
            f"FOR VALUES FROM ('{day}') TO ('{until}')"
        )
    await connection.execute(
        f"CREATE INDEX IF NOT EXISTS journal_{name}_parcel ON journal_{name} (parcel);"
        f"CREATE INDEX IF NOT EXISTS vault_text_{name}_road ON vault_text_{name} (road);"
        f"CREATE INDEX IF NOT EXISTS journal_{name}_seq ON journal_{name} USING brin (seq)"
        " WITH (pages_per_range = 32, autosummarize = on);"
        f"CREATE INDEX IF NOT EXISTS raw_{name}_id ON raw_{name} USING brin (id)"
        " WITH (pages_per_range = 32, autosummarize = on)"
    )
