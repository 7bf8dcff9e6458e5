"""Connections go from hand to hand, wait for each other, and are replaced when they are broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from milepost.stores.postgres.pool import Pool, _alive
from patience import until

pytest_plugins = ["pg"]


@pytest_asyncio.fixture
async def pool(store_url: str) -> AsyncIterator[Pool]:
    async def ensure() -> str:
        return store_url

    opened = Pool(ensure, size=2)
    yield opened
    await opened.close()


async def process(pool: Pool) -> int:
    async with pool.connection() as connection:
        return int(await connection.fetchval("SELECT pg_backend_pid()"))


async def test_the_one_that_was_used_last_is_used_again(pool: Pool) -> None:
    first = await process(pool)
    assert {await process(pool) for _ in range(5)} == {first}


async def test_more_askers_than_connections_wait_for_each_other(pool: Pool) -> None:
    async def busy() -> int:
        async with pool.connection() as connection:
            await connection.fetchval("SELECT pg_sleep(0.01)")
            return int(await connection.fetchval("SELECT pg_backend_pid()"))

    found = await asyncio.gather(*(busy() for _ in range(20)))
    assert len(set(found)) == 2


async def test_a_broken_connection_is_replaced(pool: Pool) -> None:
    first = await process(pool)
    with pytest.raises(ConnectionError):
        async with pool.connection() as connection:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await process(pool) != first


async def test_one_that_broke_while_nobody_had_it_is_not_given_out(
    pool: Pool, store_url: str
) -> None:
    first = await process(pool)
    other = await asyncpg.connect(store_url)
    await other.execute("SELECT pg_terminate_backend($1)", first)
    await other.close()
    await asyncio.to_thread(until, lambda: not any(map(_alive, pool._at_hand)))
    assert await process(pool) != first


async def test_a_question_that_was_given_up_leaves_nothing_behind(pool: Pool) -> None:
    async def slow() -> None:
        async with pool.connection() as connection:
            await connection.execute("SELECT pg_sleep(60)")

    for _ in range(4):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(slow(), 0.05)
    assert await process(pool)
    assert await asyncio.gather(process(pool), process(pool), process(pool))


async def test_an_error_of_the_asker_is_his_own(pool: Pool) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT 1 / 0")
    assert await process(pool)


async def test_after_closing_it_opens_anew(pool: Pool) -> None:
    first = await process(pool)
    await pool.close()
    assert await process(pool) != first
