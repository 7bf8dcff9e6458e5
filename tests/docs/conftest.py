"""A running server for the code blocks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

MILEPOST = str(Path(sys.executable).parent / "milepost")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """MILEPOST_URL, MILEPOST_KEY and MILEPOST_DATA of a server with an embedded store."""
    data = tmp_path_factory.mktemp("docs")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = subprocess.run(
        [MILEPOST, "keys", "create", "--tenant", "docs", "--data", str(data)],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    environment = {
        "MILEPOST_URL": f"http://127.0.0.1:{port}",
        "MILEPOST_KEY": made.stdout.split()[-1],
        "MILEPOST_DATA": str(data),
        "MILEPOST_ALLOW_PRIVATE_TARGETS": "1",
    }
    running = subprocess.Popen(
        [MILEPOST, "serve", "--port", str(port)], env=os.environ | environment
    )
    try:
        _wait(environment["MILEPOST_URL"])
        yield environment
    finally:
        running.terminate()
        running.wait(30)


def _wait(url: str) -> None:
    for _ in range(900):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
