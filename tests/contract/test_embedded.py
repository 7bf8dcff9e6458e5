"""The PostgreSQL of our own: found running, started again after a kill, never two on one folder."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

import asyncpg
import pytest

from milepost.bench.processes import tree
from milepost.stores.postgres.embedded import Embedded

pytestmark = pytest.mark.server


@pytest.fixture
def server() -> Iterator[Embedded]:
    folder = Path(mkdtemp(prefix="milepost-test-"))
    embedded = Embedded(folder / "data")
    embedded.ensure()
    yield embedded
    embedded.ensure()
    embedded.stop()
    rmtree(folder, ignore_errors=True)


def ask(url: str, query: str) -> object:
    async def one() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(one())


def kill(server: Embedded) -> int:
    pid = server.pid
    assert pid is not None
    for one in tree(pid):
        with suppress(ProcessLookupError):  # a helper process may have ended by itself
            os.kill(one, signal.SIGKILL)
    return pid


def test_it_is_durable_and_started_again_after_a_kill(server: Embedded) -> None:
    url = server.ensure()
    assert ask(url, "SHOW fsync") == ask(url, "SHOW synchronous_commit") == "on"
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    first = kill(server)

    # Right after the kill the process may still be listed: whoever asks gets one that answers.
    assert ask(server.ensure(), "SELECT number FROM kept") == 7
    assert server.pid != first


def test_two_processes_share_one_server(server: Embedded) -> None:
    folder = server.ensure().partition("host=")[2]
    code = (
        "import sys; from pathlib import Path; "
        "from milepost.stores.postgres.embedded import Embedded; "
        "one = Embedded(Path(sys.argv[1])); one.ensure(); print(one.pid)"
    )
    others = [
        subprocess.check_output([sys.executable, "-c", code, folder], text=True) for _ in range(2)
    ]

    assert {int(one) for one in others} == {server.pid}


def test_another_program_with_the_old_process_id_is_no_server(server: Embedded) -> None:
    # As after a reboot: the lock file names a process that is somebody else's now.
    folder = Path(server.ensure().partition("host=")[2])
    lock = folder / "postmaster.pid"
    lines = lock.read_text().splitlines(keepends=True)
    kill(server)
    server.ensure()
    server.stop()
    lock.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))

    assert ask(server.ensure(), "SELECT 1") == 1
    assert server.pid != os.getpid()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes copies that belong to another")
def test_a_copy_that_root_has_made_is_opened(server: Embedded) -> None:
    ask(server.ensure(), "CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()
    folder = Path(mkdtemp(prefix="milepost-test-"))
    copytree(server._folder, folder / "data")
    copy = Embedded(folder / "data")
    try:
        assert ask(copy.ensure(), "SELECT number FROM kept") == 7
    finally:
        copy.stop()
        rmtree(folder, ignore_errors=True)
