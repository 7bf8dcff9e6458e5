"""A real server in a folder of its own, started and ended by a benchmark."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import asyncpg

from milepost.bench import processes
from milepost.cli.keys import create_key
from milepost.settings import Settings
from milepost.stores.postgres.embedded import Embedded

_SERVE = ("-c", "from milepost.cli import main; main()", "serve")
_READY_WITHIN_S = 120
_SETTINGS = {"MILEPOST_REQUESTS_PER_S": "1e9", "MILEPOST_BURST": "1000000000"}


@contextmanager
def room(folder: Path | None = None) -> Iterator[Path]:
    """A temporary folder that is removed at the end. `folder` is where it is made."""
    _allow_open_files()
    made = Path(mkdtemp(prefix="milepost-bench-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


class Server:
    """`milepost serve` (or a `module` that does the same and more) over an embedded store."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        module: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._settings = dict(settings or {})
        self.port = free_port()
        self.key = asyncio.run(create_key(Settings(data=folder), "bench", "bench"))
        self._command = ["-m", module] if module else [*_SERVE, *options]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MILEPOST_")}
        environment |= _SETTINGS | self._settings
        environment |= {"MILEPOST_DATA": str(self.folder), "MILEPOST_PORT": str(self.port)}
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, *self._command], env=environment, stdout=log, stderr=log
            )
        self._wait_until_ready()

    @property
    def pid(self) -> int:
        """Process id of the server."""
        assert self._process is not None
        return self._process.pid

    @property
    def postmaster(self) -> int:
        """Process id of its PostgreSQL."""
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])

    def cpu_s(self) -> tuple[float, float]:
        """CPU seconds used so far: of the server, of PostgreSQL."""
        return processes.cpu_s(self.pid), processes.cpu_s(self.postmaster)

    def freeze(self) -> None:
        """Stop it where it stands, its database too."""
        processes.freeze((self.pid, self.postmaster))

    def thaw(self) -> None:
        """Let it go on."""
        processes.thaw((self.postmaster, self.pid))

    def stop(self) -> None:
        """End the server in good order; the database runs on."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def close(self) -> None:
        """End everything; what was written is of no more use."""
        with suppress(OSError, ValueError):
            self.thaw() if self._process else None
        self.stop()
        with suppress(OSError, ValueError):
            _end(self.postmaster)

    def sql(self, *statements: str) -> list[Any]:
        """Run SQL beside the server; the rows of the last statement."""
        return asyncio.run(self._sql(statements))

    async def _sql(self, statements: Sequence[str]) -> list[Any]:
        url = await asyncio.to_thread(Embedded(self.folder / "postgres").ensure)
        connection = await asyncpg.connect(url)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return [tuple(row) for row in await connection.fetch(statements[-1])]
        finally:
            await connection.close()

    def written_bytes(self) -> int:
        """What PostgreSQL has written so far, log included. Stop the server first.

        Zeros that are put into new log files and new table pages are left out: log files are
        used again, and the pages' own content replaces the zeros before they reach the disk.
        """
        ((total,),) = self.sql(
            "CHECKPOINT",
            "SELECT sum(write_bytes)::bigint FROM pg_stat_io WHERE context <> 'init'",
        )
        return int(total)

    def postgresql(self) -> str:
        """The version of its PostgreSQL."""
        return str(self.sql("SHOW server_version")[0][0])

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        until = time.monotonic() + _READY_WITHIN_S
        while self._process.poll() is None and time.monotonic() < until:
            if _healthy(self.port):
                return
            time.sleep(0.1)
        log = (self.folder / "server.log").read_text(errors="replace")
        raise RuntimeError(f"the server did not start:\n{log[-2000:]}")


def _healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(postmaster: int) -> None:
    """PostgreSQL's immediate shutdown."""
    os.kill(postmaster, signal.SIGQUIT)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        os.kill(postmaster, 0)
        time.sleep(0.05)


def _allow_open_files() -> None:
    """As many open files as the machine lets us have; what we start inherits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
