"""The merchant's own map (PMTiles) under the road, in Chromium: in pieces, and from us alone."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, expect
from starlette.applications import Starlette
from starlette.routing import Route

from conftest import ARGUMENTS, CHROMIUM
from milepost.pages.maptiles import ADDRESS, MapTiles
from patience import PATIENCE_S
from unit.pages import samples
from unit.pages.fake import application
from unit.pages.pmtiles_file import archive, square

ROAD = f"/t/{samples.cross_border().number}"
CREDIT = {"attribution": "<a href='https://maps.example.test'>© Invented Maps</a>"}
TILES = [(zoom, x, y) for zoom in range(3) for x in range(2**zoom) for y in range(2**zoom)]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("map") / "tiles.pmtiles"


@pytest.fixture(scope="module")
def shop(file: Path) -> Iterator[str]:
    tiles = MapTiles(file)
    own = [Route("/map/tiles.json", tiles.tell), Route(ADDRESS, tiles.serve)]
    app = Starlette(routes=[*own, *application().routes])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(app, port=port, log_level="error", ws="none",
                            timeout_graceful_shutdown=1)  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture(scope="module")
def drawing(browser: Browser) -> Iterator[Browser]:
    """A Chromium that draws in three dimensions, in software."""
    soft = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    ours = [one for one in ARGUMENTS if one != "--disable-gpu"]
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ours, *soft])
    yield chromium
    chromium.close()


def drawn(drawing: Browser, shop: str, asked: list[Request]) -> tuple[Page, bytes, list[str]]:
    """The open map, a picture of it, and what the browser complained of."""
    context = drawing.new_context(
        base_url=shop, locale="en-GB", viewport={"width": 700, "height": 800}
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("request", lambda one: asked.append(one))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(ROAD)
    page.get_by_role("button", name="Open the map").click()
    expect(page.locator(".big[data-drawn]")).to_be_visible(timeout=60_000)
    return page, page.locator(".big canvas").screenshot(), faults


def ranges(asked: list[Request]) -> list[str]:
    return [one.headers.get("range", "") for one in asked if one.url.endswith(ADDRESS)]


def test_the_map_comes_in_pieces_from_us_and_is_drawn(
    drawing: Browser, shop: str, file: Path
) -> None:
    file.unlink(missing_ok=True)
    plain: list[Request] = []
    page, bare, faults = drawn(drawing, shop, plain)
    assert ranges(plain) == []
    assert faults == []
    page.context.close()

    layers = {"vector_layers": [{"id": "water"}]}
    tiles = {at: square("water") for at in TILES}
    file.write_bytes(archive(tiles, CREDIT | layers, leaves=True))
    asked: list[Request] = []
    page, flooded, faults = drawn(drawing, shop, asked)
    expect(page.get_by_text("© Invented Maps", exact=True)).to_be_visible()
    assert page.locator(".big a").count() == 0
    page.context.close()

    assert flooded != bare
    assert faults == []
    assert len(ranges(asked)) >= 3  # header with root, leaf, tiles
    assert all(one.startswith("bytes=") for one in ranges(asked))
    assert [one.url for one in asked if not one.url.startswith((shop, "blob:", "data:"))] == []


def test_a_file_that_is_no_map_leaves_the_land_as_it_is(
    drawing: Browser, shop: str, file: Path
) -> None:
    broken = archive({(0, 0, 0): square("water")}, {})
    file.write_bytes(broken[:127] + b"\x00" * (len(broken) - 127))
    asked: list[Request] = []
    page, _, _ = drawn(drawing, shop, asked)

    expect(page.locator(".big canvas")).to_be_visible()
    assert page.locator(".credit").count() == 0
    page.context.close()
