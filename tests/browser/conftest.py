"""A real Chromium and a real server for the browser tests.

Without Chromium the tests are skipped on a developer's machine and fail where CI is set.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from unit.pages.fake import FakeLookup, application

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
# A condition that holds is seen at once; this only bounds the wait on a busy machine.
expect.set_options(timeout=30_000)
SIZES = {"phone": (390, 844), "desk": (1280, 900)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with the module: while it runs, no test in this thread can have an event loop."""
    if not Path(CHROMIUM).exists():
        absent = f"{CHROMIUM} is not there: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def lookup() -> FakeLookup:
    return FakeLookup()


@pytest.fixture(scope="module")
def site(lookup: FakeLookup) -> Iterator[str]:
    """The address of the pages over the invented tracks."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(
        application(lookup),
        port=port,
        log_level="error",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A phone's page in English that refuses every request to elsewhere, and fails on any."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", base_url=site
    )
    opened = context.new_page()
    elsewhere: list[str] = []
    faults: list[str] = []
    opened.on(
        "request",
        lambda asked: elsewhere.append(asked.url) if not asked.url.startswith(site) else None,
    )
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield opened
    context.close()
    assert elsewhere == []
    assert faults == []
