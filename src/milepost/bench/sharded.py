"""A server of several engine processes, of which one is killed at a time."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from random import Random

import psutil

from milepost.bench.server import Server

_BACK_WITHIN_S = 60


class ShardedServer(Server):
    """`milepost serve --shards N`. `kill` takes one of the engines; its parent starts it again."""

    def __init__(self, folder: Path, shards: int, chance: Random) -> None:
        super().__init__(folder, "--shards", str(shards))
        self._shards = shards
        self._chance = chance
        self._before: set[int] = set()

    def start(self) -> None:
        """Start it; after a kill, wait until every engine is there again and has loaded."""
        if self._process is None:
            super().start()
        until = time.monotonic() + _BACK_WITHIN_S
        while not self._complete():
            if time.monotonic() > until:
                raise RuntimeError("an engine that was killed did not come back")
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 of one engine."""
        self._before = self._engines()
        victim = self._chance.choice(sorted(self._before))
        psutil.Process(victim).send_signal(signal.SIGKILL)
        psutil.wait_procs([psutil.Process(victim)], timeout=5) if psutil.pid_exists(
            victim
        ) else None

    def kill_database(self) -> None:
        """kill -9 of PostgreSQL with everything that it has started."""
        postmaster = psutil.Process(self.postmaster)
        for process in [postmaster, *postmaster.children(recursive=True)]:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue

    def _engines(self) -> set[int]:
        """The engines that listen already."""
        found = psutil.Process(self.pid).children()
        return {one.pid for one in found if self._listens(one)}

    def _listens(self, process: psutil.Process) -> bool:
        try:
            return any(
                one.status == psutil.CONN_LISTEN and one.laddr.port == self.port
                for one in process.net_connections("tcp")
            )
        except psutil.Error:
            return False

    def _complete(self) -> bool:
        return len(self._engines()) == self._shards
