"""`milepost serve` as a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from patience import PATIENCE_S

MILEPOST = [sys.executable, "-m", "milepost.cli"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """A server process that can be killed and started again."""

    def __init__(self, *options: str, log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [*MILEPOST, "serve", "--port", str(self.port), *options]
        self._options = options
        self._log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, within_s: float = 3 * PATIENCE_S) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log)
        deadline = time.monotonic() + within_s
        while True:
            try:
                if httpx2.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            assert self.process.poll() is None, self._log.read_text()[-4_000:]
            assert time.monotonic() < deadline, self._log.read_text()[-4_000:]
            time.sleep(0.05)

    def key(self, tenant: str) -> str:
        """A key made by the command line while the server runs."""
        command = [*MILEPOST, "keys", "create", "--tenant", tenant, *self._options]
        return subprocess.check_output(command, text=True).splitlines()[-1]

    def kill(self) -> None:
        """As the operating system does it: without a word."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, within_s: float = PATIENCE_S) -> float:
        """Ask it to end; how many seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(within_s)
        return time.monotonic() - began


@contextmanager
def serving(*options: str, log: Path) -> Iterator[Server]:
    """A running server; it is killed at the end if it still runs."""
    server = Server(*options, log=log)
    try:
        server.start()
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()
