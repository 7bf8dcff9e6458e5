"""A server that is ready to start: everything imported, one fork away from serving.

`python -m milepost.bench.forking` starts a server for every line on standard input and prints its
process id. So a server can be killed and started again within tenths of a second.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

from milepost.bench.processes import tree
from milepost.bench.server import Server
from milepost.settings import from_environment

_READY_WITHIN_S = 120


class ForkedServer(Server):
    """`milepost serve` over an embedded store, for killing."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, module=__name__)
        self._forked = 0

    def start(self) -> None:
        """Start it and wait until it answers."""
        if self._process is None:
            self._process = self._fork_server()
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        pipe_in.write(b"start\n")
        pipe_in.flush()
        self._forked = int(pipe_out.readline())
        until = time.monotonic() + _READY_WITHIN_S
        while not self._answers():
            if time.monotonic() > until or not _lives(self._forked):
                log = (self.folder / "server.log").read_text(errors="replace")
                raise RuntimeError(f"the server did not start:\n{log[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """As if the machine's power had gone, for the server alone."""
        os.kill(self._forked, signal.SIGKILL)
        while _lives(self._forked):
            time.sleep(0.002)

    def kill_database(self) -> None:
        """The same for PostgreSQL and all its children."""
        for pid in tree(self.postmaster):
            _kill(pid)

    def stop(self) -> None:
        if self._forked and _lives(self._forked):
            os.kill(self._forked, signal.SIGTERM)
            until = time.monotonic() + 60
            while _lives(self._forked) and time.monotonic() < until:
                time.sleep(0.02)
        super().stop()

    def _fork_server(self) -> subprocess.Popen[bytes]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MILEPOST_")}
        environment |= {"MILEPOST_REQUESTS_PER_S": "1e9", "MILEPOST_BURST": "1000000000"}
        environment |= {"MILEPOST_DATA": str(self.folder), "MILEPOST_PORT": str(self.port)}
        with (self.folder / "server.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", __name__],
                env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def main() -> None:
    """Fork a server for every line that comes in."""
    from milepost import wiring  # noqa: F401 - imported here once instead of in every server
    from milepost.cli.serve import _serve
    from milepost.wiring.feature import modules

    modules()

    settings = from_environment()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            _serve(settings)
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
