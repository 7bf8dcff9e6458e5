"""Plain numbered SQL files, applied in order, each in its own transaction."""

from __future__ import annotations

from importlib.resources import files

import asyncpg

_LOCK = 7_105_461_001  # any number that only we use


def migrations() -> list[tuple[int, str]]:
    """(number, SQL) of every migration, ascending."""
    folder = files("milepost.stores.postgres") / "migrations"
    found = [
        (int(entry.name[:4]), entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    ]
    return sorted(found)


async def migrate(connection: asyncpg.Connection) -> int:
    """Bring the schema up to date; safe when several processes start at once."""
    await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
    try:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration "
            "(number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        done = {row["number"] for row in await connection.fetch("SELECT number FROM migration")}
        todo = [(number, sql) for number, sql in migrations() if number not in done]
        for number, sql in todo:
            async with connection.transaction():
                await connection.execute(sql)
                await connection.execute("INSERT INTO migration (number) VALUES ($1)", number)
        return len(todo)
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)
