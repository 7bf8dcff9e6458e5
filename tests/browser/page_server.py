"""What every browser test needs: pages served by a thread of this process, and a watched page."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import uvicorn
from playwright.sync_api import Browser, Page

from journey.serving import free_port
from patience import PATIENCE_S, until

T = TypeVar("T")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
PHONE = (390, 844)
SIZES = {"phone": PHONE, "desk": (1280, 900)}


class PageServer:
    """An application that answers at `url`, in a loop of its own."""

    def __init__(self, app: Any, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.app = app
        self.loop: asyncio.AbstractEventLoop | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                app, port=port, log_level="error", ws="none", timeout_graceful_shutdown=1
            )
        )
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self._server.serve()

    def start(self) -> None:
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive())
        assert self._server.started, "the server does not start"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=PATIENCE_S)

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Something asynchronous, in the application's own loop."""
        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)


@contextmanager
def page_server(app: Any, port: int | None = None) -> Iterator[PageServer]:
    """The application, served until the block ends."""
    server = PageServer(app, port or free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def watched_page(
    browser: Browser, url: str, size: tuple[int, int] = PHONE, also: str = "data:", **context: Any
) -> Iterator[Page]:
    """A page in English that asks nobody else for anything and breaks no policy; at its end a test
    that did fails. `also`: what other addresses may begin with.
    """
    width, height = size
    opened = browser.new_context(
        base_url=url, locale="en-GB", viewport={"width": width, "height": height}, **context
    )
    page = opened.new_page()
    elsewhere: list[str] = []
    faults: list[str] = []
    ours = (url, also, "data:")
    page.on(
        "request",
        lambda one: elsewhere.append(one.url) if not one.url.startswith(ours) else None,
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield page
    opened.close()
    assert elsewhere == []
    assert faults == []


def laid_out(page: Page) -> None:
    """Wait for what stands below the fold: it is laid out a blink after the first paint, and until
    then nothing there can be focused or measured.
    """
    page.wait_for_function(
        "() => [...document.querySelectorAll('main')].every(one => !one.getAnimations().length)",
        timeout=1_000 * PATIENCE_S,
    )
