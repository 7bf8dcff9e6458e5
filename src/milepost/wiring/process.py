"""The process of a server: its event loop and its sockets."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable

import click
import structlog
import uvicorn
import uvloop
from starlette.applications import Starlette

from milepost.settings import Settings
from milepost.wiring import garbage
from milepost.wiring.milepost import Milepost
from milepost.wiring.sole import sole_server

log = structlog.get_logger()

# How long a busy thread (that trains, reads a photograph, sorts an index) may keep the loop waiting
# each time it wakes. At Python's 5 ms a turn was 5.3 ms late beside one, at this 0.7 ms.
SWITCH_S = 0.0005


class Announced(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in sockets or () if self.started else ():
            host, port = one.getsockname()[:2]
            log.info("serving", url=f"http://{f'[{host}]' if ':' in host else host}:{port}")


def serve(app: Starlette, settings: Settings) -> None:
    """Serve until interrupted. Raises click.ClickException where the address or the database
    cannot be had.
    """
    garbage.begin()
    sys.setswitchinterval(SWITCH_S)
    config = uvicorn.Config(
        app,
        log_level="warning",
        loop="uvloop",
        http="httptools",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,  # longer than the minute that proxies and clients keep a line open
    )
    server = Announced(config)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(server, settings, lambda: _busy(app)))


async def _run(server: uvicorn.Server, settings: Settings, busy: Callable[[], bool]) -> None:
    beside = [
        asyncio.create_task(_end_with_parent(server, os.getppid())),
        asyncio.create_task(garbage.collect_all(busy)),
    ]
    listener = listen(settings)
    async with sole_server(settings):
        await server.serve(sockets=[listener])
    for task in beside:
        task.cancel()
    if not server.started:
        raise SystemExit(3)


def _busy(app: Starlette) -> bool:
    milepost: Milepost | None = getattr(app.state, "milepost", None)
    return milepost is not None and milepost.engine.pressed


def listen(settings: Settings) -> socket.socket:
    """A socket on the server's address; children of one parent share the port.

    Raises click.ClickException where the address cannot be had.
    """
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
