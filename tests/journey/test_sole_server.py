"""A second server on the same database would double what both are told: it does not start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import click
import pytest

from milepost.settings import Settings
from milepost.wiring import sole
from milepost.wiring.sole import sole_parent, sole_server

pytest_plugins = ["pg"]
LOCKS = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"
LOCKS_BY = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"


@pytest.fixture
def settings(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(sole, "_PATIENCE_S", 0.5)
    return Settings(data=tmp_path, database=store_url)


async def test_only_one_at_a_time(settings: Settings) -> None:
    async with sole_server(settings):
        with pytest.raises(click.ClickException, match="Another server"):
            async with sole_server(settings):
                pass

    async with sole_server(settings):
        pass


def test_a_parent_holds_it_for_its_engines(settings: Settings) -> None:
    engine = Settings(data=settings.data, database=settings.database, shards=2, shard=1)

    async def start(given: Settings) -> None:
        async with sole_server(given):
            pass

    with sole_parent(settings):
        asyncio.run(start(engine))
        with pytest.raises(click.ClickException, match="Another server"):
            asyncio.run(start(settings))
        with pytest.raises(click.ClickException, match="Another server"), sole_parent(settings):
            pass
    asyncio.run(start(settings))


async def test_it_is_taken_again_after_the_database_was_restarted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sole, "_LOOK_EVERY_S", 0.05)
    async with sole_server(settings):
        admin = await asyncpg.connect(settings.database)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        )
        while not await admin.fetch(LOCKS):  # noqa: ASYNC110 - PostgreSQL tells nobody
            await asyncio.sleep(0.05)
        await admin.close()
        with pytest.raises(click.ClickException, match="Another server"):
            async with sole_server(settings):
                pytest.fail("both serve")


async def test_a_database_that_is_being_stopped_is_not_started_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sole, "_LOOK_EVERY_S", 0.05)
    started = []

    class Stopping:
        def ensure(self) -> str | None:
            started.append(True)
            return settings.database

    monkeypatch.setattr(sole, "open_database", lambda _: Stopping())
    async with sole_server(settings):
        admin = await asyncpg.connect(settings.database)
        (before,) = await admin.fetch(LOCKS_BY)
        await admin.execute("SELECT pg_terminate_backend($1)", before[0])
        while await admin.fetch(LOCKS_BY) in ([], [before]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await admin.close()
    assert started == [True]


async def test_what_cannot_be_opened_is_said_in_a_line(tmp_path: Path) -> None:
    for given in (
        Settings(data=tmp_path, database="postgresql://nobody@127.0.0.1:1/none"),
        Settings(data=Path("/proc/nowhere")),
    ):
        with pytest.raises(click.ClickException, match="Cannot open"):
            async with sole_server(given):
                pass
