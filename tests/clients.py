"""The vendors' own clients, unmodified, each in an environment of its own under `build/clients/`,
and what they need around them: the application on a real port, and a place for its pushes.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from patience import PATIENCE_S
from shared import ROOT

CLIENTS = ROOT / "build" / "clients"


def client(*requirements: str) -> Path:
    """The Python of an environment with these pinned packages, such as `easypost==10.7.0`.

    It is named after the first of them. Where they cannot be installed the test is skipped, but
    under CI it fails.
    """
    home = CLIENTS / requirements[0].replace("==", "-")
    CLIENTS.mkdir(parents=True, exist_ok=True)
    with (CLIENTS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / ".ready").exists():
            _install(home, requirements)
    return home / "bin" / "python"


def _install(home: Path, requirements: tuple[str, ...]) -> None:
    shutil.rmtree(home, ignore_errors=True)
    python = home / "bin" / "python"
    commands = [
        [sys.executable, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *requirements],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode:
            absent = f"{' '.join(requirements)} cannot be installed: {done.stderr[-500:]}"
            if os.environ.get("CI"):
                pytest.fail(absent)
            pytest.skip(absent)
    (home / ".ready").touch()


def run(python: Path, code: str, **environment: str) -> Any:
    """Run code in a client's environment; what its last line of output says, as JSON."""
    done = subprocess.run(
        [str(python), "-c", code],
        env=os.environ | environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(app: Starlette, port: int) -> Iterator[str]:
    """The application on a port of this machine; its address."""
    config = uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(600):
        if server.started or not thread.is_alive():
            break
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@dataclass
class Got:
    """A request as it came in; names of headers in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Sink:
    """Takes pushes and answers `answer`, or first those in `next` (status and body)."""

    url: str
    answer: tuple[int, bytes] = (200, b"")
    next: list[tuple[int, bytes]] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)

    def wait(self, count: int, within_s: float = PATIENCE_S) -> list[Got]:
        """All requests, once there are so many."""
        end = time.monotonic() + within_s
        while len(self.got) < count:
            assert time.monotonic() < end, f"{len(self.got)} of {count} pushes came"
            time.sleep(0.02)
        return self.got


@contextmanager
def sink() -> Iterator[Sink]:
    """A listener on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.got.append(Got(self.path, headers, body))
            status, said = made.next.pop(0) if made.next else made.answer
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Sink(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()
