"""The merchant's own map (PMTiles) under the road, in Chromium: in pieces, and from us alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from page_server import page_server
from playwright.sync_api import Browser, Page, Request, expect
from starlette.applications import Starlette
from starlette.routing import Route

from milepost.pages.maptiles import ADDRESS, MapTiles
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
    with page_server(app) as server:
        yield server.url


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
