"""A real Chromium and a real server for the browser tests.

Without Chromium the tests are skipped on a developer's machine and fail where CI is set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_server import ARGUMENTS, CHROMIUM, page_server, watched_page
from playwright.sync_api import Browser, Page, expect, sync_playwright

from unit.pages.fake import FakeLookup, application

# A condition that holds is seen at once; this only bounds the wait on a busy machine.
expect.set_options(timeout=30_000)


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
def drawing(browser: Browser) -> Iterator[Browser]:
    """A Chromium that draws in three dimensions, in software."""
    soft = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    ours = [one for one in ARGUMENTS if one != "--disable-gpu"]
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ours, *soft])
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def lookup() -> FakeLookup:
    return FakeLookup()


@pytest.fixture(scope="module")
def site(lookup: FakeLookup) -> Iterator[str]:
    """The address of the pages over the invented tracks."""
    with page_server(application(lookup)) as server:
        yield server.url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A phone's page; see `watched_page`."""
    with watched_page(browser, site) as opened:
        yield opened
