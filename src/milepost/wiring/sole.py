"""One server at a time on a database: two would each keep the state of every road in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from subprocess import CalledProcessError
from threading import Thread

import asyncpg
import click
import structlog

from milepost.settings import Settings
from milepost.stores.postgres.pool import GONE
from milepost.wiring.store import open_database

# Any number that only we use.
_LOCK = 7_105_461_010
# A server that was killed just now leaves its connection to be noticed.
_PATIENCE_S = 10.0
_LOOK_EVERY_S = 5.0


@asynccontextmanager
async def sole_server(settings: Settings) -> AsyncIterator[None]:
    """Holds the database for this process; of several engine processes their parent does.

    Raises click.ClickException where it cannot be opened or another server has it.
    """
    if settings.shard is not None:
        yield
        return
    url, holder = await _opened(settings)
    try:
        await _patiently(settings, holder)
    except click.ClickException:
        holder.terminate()
        raise
    watch = asyncio.create_task(_keep(url, settings, holder))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


@contextmanager
def sole_parent(settings: Settings) -> Iterator[None]:
    """The same for a process without an event loop."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    holding = sole_server(settings)
    try:
        asyncio.run_coroutine_threadsafe(holding.__aenter__(), loop).result()
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(holding.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _opened(settings: Settings) -> tuple[str, asyncpg.Connection]:
    try:
        url = await asyncio.to_thread(open_database(settings).ensure)
        return url, await asyncpg.connect(url)
    except (*GONE, asyncpg.PostgresError, ValueError, RuntimeError, CalledProcessError) as error:
        raise click.ClickException(f"Cannot open {_where(settings)}: {_words(error)}") from None


async def _patiently(settings: Settings, holder: asyncpg.Connection) -> None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while not await _held(holder):  # noqa: ASYNC110 - a lock given up tells nobody
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise click.ClickException(f"Another server runs on {_where(settings)}.") from None
    except GONE as error:
        raise click.ClickException(f"Lost {_where(settings)}: {_words(error)}") from None


async def _keep(url: str, settings: Settings, holder: asyncpg.Connection) -> None:
    """PostgreSQL may be restarted; what it held for us it then has forgotten. Others start it
    again: this would do so while it is being stopped.
    """
    log = structlog.get_logger()
    held = True
    try:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            if held and not holder.is_closed():
                continue
            with suppress(*GONE, asyncpg.PostgresError):
                holder = await asyncpg.connect(url) if holder.is_closed() else holder
                held = await _held(holder)
                if not held:
                    log.error("another server runs on this database", where=_where(settings))
    finally:
        holder.terminate()


async def _held(holder: asyncpg.Connection) -> bool:
    held: bool = await holder.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK)
    return held


def _where(settings: Settings) -> str:
    return "the database" if settings.database else f"the data folder {settings.data}"


def _words(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
