"""Serving a PMTiles file: pieces of it, and never all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from milepost.pages.maptiles import ADDRESS, MOST_BYTES, MapTiles
from unit.pages.pmtiles_file import archive, square


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tiles.pmtiles"


def client(tiles: MapTiles) -> TestClient:
    routes = [Route("/map/tiles.json", tiles.tell), Route(ADDRESS, tiles.serve)]
    return TestClient(Starlette(routes=routes))


def test_there_is_none_until_a_file_is_put_there(file: Path) -> None:
    asked = client(MapTiles(file))
    assert asked.get("/map/tiles.json").json() == {"url": None}
    assert asked.get(ADDRESS, headers={"Range": "bytes=0-6"}).status_code == 404

    file.write_bytes(archive({(0, 0, 0): square("water")}, {}))

    assert asked.get("/map/tiles.json").json() == {"url": ADDRESS}
    answer = asked.get(ADDRESS, headers={"Range": "bytes=0-6"})
    assert (answer.status_code, answer.content) == (206, b"PMTiles")
    assert answer.headers["content-range"] == f"bytes 0-6/{file.stat().st_size}"


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=0-", "bytes=-5", "bytes=5-2", "bytes=0-1,4-5", f"bytes=0-{MOST_BYTES}", "pages=0-1",
     "bytes=a-b", "bytes=9999999-9999999"],
)  # fmt: skip
def test_never_all_of_it_and_no_nonsense(file: Path, asked: str) -> None:
    file.write_bytes(archive({(0, 0, 0): square("water")}, {}))
    answer = client(MapTiles(file)).get(ADDRESS, headers={"Range": asked} if asked else {})

    assert answer.status_code == 416


def test_another_file_is_not_served(file: Path) -> None:
    file.write_bytes(b"root:x:0:0")

    assert client(MapTiles(file)).get("/map/tiles.json").json() == {"url": None}
    assert client(MapTiles(file)).get(ADDRESS).status_code == 404


def test_a_map_that_somebody_else_serves_on_our_origin(file: Path) -> None:
    tiles = MapTiles(file, "/maps/world.pmtiles")

    assert client(tiles).get("/map/tiles.json").json() == {"url": "/maps/world.pmtiles"}


@pytest.mark.parametrize("url", ["https://tiles.example.test/a", "//tiles.example.test/a", "/\\a"])
def test_another_origin_is_refused(file: Path, url: str) -> None:
    with pytest.raises(ValueError, match="path of this site"):
        MapTiles(file, url)
