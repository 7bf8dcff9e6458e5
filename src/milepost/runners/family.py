"""Several engine processes on one port: a parent that starts them and starts them again.

The kernel spreads connections over the children (SO_REUSEPORT). The parent keeps the embedded
database running; a child that dies is replaced, and what it had acknowledged is in the journal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

EVERY_S = 0.25
# A child that ends so soon may never come up: each time it is started again after twice as long.
TOO_SOON_S = 3.0
LONGEST_WAIT_S = 30.0
PATIENCE_S = 20.0


class Fate:
    """When a child that has ended may be started again."""

    def __init__(self) -> None:
        self._begun_s = 0.0
        self._due_s: float | None = None
        self._soon = 0

    def begin(self, now_s: float) -> None:
        """It is started."""
        self._begun_s, self._due_s = now_s, None

    def again(self, now_s: float) -> bool:
        """It has ended; whether it is to be started now, which then counts as done."""
        if self._due_s is None:
            self._soon = self._soon + 1 if now_s - self._begun_s < TOO_SOON_S else 0
            wait_s = min(EVERY_S * 2**self._soon, LONGEST_WAIT_S) if self._soon else 0.0
            self._due_s = now_s + wait_s
        if now_s < self._due_s:
            return False
        self.begin(now_s)
        return True


class Family:
    """The parent. `ensure_database` gives the URL, starting the server if it has to."""

    def __init__(
        self, shards: int, environment: dict[str, str], ensure_database: Callable[[], str]
    ) -> None:
        self._shards = shards
        self._environment = environment
        self._ensure = ensure_database
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._fates: dict[int, Fate] = {}
        self._ending = False

    def run(self) -> None:
        """Until a signal asks to end; then the children end first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        with TemporaryDirectory(prefix="milepost-") as folder:
            try:
                while not self._ending:
                    url = self._ensure()
                    self._start_missing(url, Path(folder))
                    time.sleep(EVERY_S)
            finally:
                self._stop()

    def _start_missing(self, url: str, folder: Path) -> None:
        for shard in range(self._shards):
            child = self._children.get(shard)
            fate = self._fates.setdefault(shard, Fate())
            if child is None:
                fate.begin(time.monotonic())
            elif child.poll() is None or not fate.again(time.monotonic()):
                continue
            self._children[shard] = self._start(shard, url, folder)

    def _start(self, shard: int, url: str, folder: Path) -> subprocess.Popen[bytes]:
        environment = os.environ | self._environment
        environment |= {
            "MILEPOST_DATABASE": url,
            "MILEPOST_SHARDS": str(self._shards),
            "MILEPOST_SHARD": str(shard),
            "MILEPOST_SOCKETS": str(folder),
        }
        return subprocess.Popen([sys.executable, "-m", "milepost.cli", "serve"], env=environment)

    def _end(self, _: int, __: FrameType | None) -> None:
        self._ending = True

    def _stop(self) -> None:
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + PATIENCE_S
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
