"""A server of the real application on a socket, for clients in other processes."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from milepost.cli.keys import create_credentials, create_key
from milepost.compat.core.discovery import find
from milepost.settings import Settings
from milepost.wiring import Milepost, build_app
from patience import PATIENCE_S

_tenants = count(1)


class Account:
    """A tenant with a native key and credentials of one dialect."""

    def __init__(self, server: Served, tenant: str, key: str, fields: dict[str, str]) -> None:
        self.server = server
        self.tenant = tenant
        self.key = key
        self.fields = fields

    def scan(self, *scans: dict[str, Any]) -> None:
        """Scans in, durable when it returns."""
        answer = httpx2.post(
            f"{self.server.url}/v1/scans",
            content=json.dumps(scans).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        assert answer.status_code == 202, answer.text
        assert not answer.json()["rejected"], answer.text

    def deliveries(self) -> list[dict[str, Any]]:
        """The delivery log, newest first."""
        answer = httpx2.get(
            f"{self.server.url}/v1/deliveries", headers={"Authorization": f"Bearer {self.key}"}
        )
        assert answer.status_code == 200, answer.text
        return list(answer.json()["deliveries"])


class Served:
    """A running server."""

    def __init__(
        self, settings: Settings, milepost: Milepost, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.settings = settings
        self.url = str(settings.public_url)
        self.milepost = milepost
        self._loop = loop

    def account(
        self, dialect: str, *, tenant: str | None = None, hook: str | None = None
    ) -> Account:
        """Credentials as `milepost keys create --dialect` makes them."""
        found = find(dialect)
        assert found is not None, dialect
        name = tenant or f"tenant {next(_tenants)} {id(self)}"
        fields = asyncio.run(create_credentials(self.settings, name, found, hook))
        key = asyncio.run(create_key(self.settings, name, "test"))
        if hook is not None:  # another process's hooks are noticed within some seconds
            self.call(self.milepost.telling.announcer.refresh())
        return Account(self, name, key, fields)

    def call(self, coroutine: Any) -> Any:
        """Run something in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)


@contextmanager
def served(database: str, data: Path, **given: Any) -> Iterator[Served]:
    """Start on a free port of the loopback and stop in good order."""
    # With the protocol said, asyncio knows that it may send small answers without delay.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(
        data=data, database=database, public_url=url, allow_private_targets=True, **given
    )
    app = build_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        await server.serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server takes too long to start"
        time.sleep(0.02)
    try:
        yield Served(settings, app.state.milepost, loops[0])
    finally:
        server.should_exit = True
        thread.join(30)


@contextmanager
def receiver(answer: Any) -> Iterator[Receiver]:
    """An HTTP receiver on the loopback; `answer(body) -> (status, bytes)` is what it says."""
    one = Receiver(answer)
    try:
        yield one
    finally:
        one.close()


class Receiver:
    """Keeps what it is sent."""

    def __init__(self, answer: Any) -> None:
        import http.server

        got: list[tuple[str, dict[str, str], bytes]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                got.append((self.path, headers, body))
                status, said = answer(body)
                self.send_response(status)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: Any) -> None: ...

        self.got = got
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/push"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, many: int, within_s: float = PATIENCE_S) -> None:
        """Until so many requests have come."""
        deadline = time.monotonic() + within_s
        while len(self.got) < many:
            assert time.monotonic() < deadline, f"{len(self.got)} of {many} came"
            time.sleep(0.02)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
