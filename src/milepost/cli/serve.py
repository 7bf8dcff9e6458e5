"""`milepost serve`: run the server."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from pathlib import Path

import click
import uvicorn
import uvloop

from milepost.settings import Settings, from_environment


@click.command("serve")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=int, help="Port to listen on [8000].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--shards", type=int, help="Engine processes, one a core [1].")
@click.option("--commit-stubbed", is_flag=True, default=None, hidden=True)
def serve_command(**given: object) -> None:
    """Run the server until it is interrupted."""
    settings = from_environment(**given)
    if settings.shards > 1 and settings.shard is None:
        _parent(settings)
    else:
        _serve(settings)


def _parent(settings: Settings) -> None:
    from milepost.runners.family import Family
    from milepost.wiring import open_database

    database = open_database(settings)
    environment = {
        "MILEPOST_DATA": str(settings.data),
        "MILEPOST_HOST": settings.host,
        "MILEPOST_PORT": str(settings.port),
        "MILEPOST_COMMIT_STUBBED": str(int(settings.commit_stubbed)),
    }
    try:
        Family(settings.shards, environment, database.ensure).run()
    finally:
        database.stop()


def _serve(settings: Settings) -> None:
    from milepost.wiring import build_app

    # Batches make much short-lived garbage and no cycles: look for these rarely.
    gc.set_threshold(50_000, 20, 100)
    config = uvicorn.Config(
        build_app(settings),
        log_level="warning",
        loop="uvloop",
        http="httptools",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,  # longer than the minute that proxies and clients keep a line open
    )
    server = uvicorn.Server(config)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(server, settings))


async def _run(server: uvicorn.Server, settings: Settings) -> None:
    watch = asyncio.create_task(_end_with_parent(server, os.getppid()))
    await server.serve(sockets=[_listen(settings)])
    watch.cancel()
    if not server.started:
        raise SystemExit(3)


def _listen(settings: Settings) -> socket.socket:
    """A listening socket; children of one parent share the port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings.shard is not None:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise click.ClickException(f"Cannot listen on {where}: {error.strerror}.") from None
    return listener


async def _end_with_parent(server: uvicorn.Server, parent: int) -> None:
    """A shard must not outlive its parent, which may be killed without a word."""
    if os.environ.get("MILEPOST_SHARD") is None:
        return
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells a process that it is orphaned
        await asyncio.sleep(1.0)
    server.should_exit = True
