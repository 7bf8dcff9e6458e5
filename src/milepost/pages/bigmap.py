"""What the big map draws: the world's land, and the road of one parcel, as GeoJSON of our own."""

from __future__ import annotations

from functools import cache

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from milepost.pages.buyer import LONGEST_NUMBER
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.maptiles import told
from milepost.pages.roadmap.geo import unwrapped
from milepost.pages.roadmap.land import Shape, land
from milepost.pages.roadmap.stops import Stretch, stretches
from milepost.pages.roadmap.strip import line_of
from milepost.pages.site import Site

_ONE_DAY = "public, max-age=86400"


class BigMap:
    """Loaded on demand, when the reader opens the map."""

    def __init__(self, site: Site) -> None:
        self._site = site
        land()  # read once, before the first reader waits for it

    async def land(self, request: Request) -> Response:
        """Land and borders; they change with a new release only."""
        return Response(_land(), 200, {"Cache-Control": _ONE_DAY}, "application/geo+json")

    async def tiles(self, request: Request) -> Response:
        """Where the merchant's own map is: nowhere, unless the roof has a route before this one."""
        return told(None)

    async def road(self, request: Request) -> Response:
        """The lines and stops of one number's road; 404 where it has no record."""
        number = request.path_params["number"].strip()[:LONGEST_NUMBER]
        track = await self._site.lookup.track(number)
        if track is None:
            return Response("Not found\n", 404, HEADERS | NO_INDEX, "text/plain")
        body = msgspec.json.encode(_collection(_features(stretches(track))))
        return Response(body, 200, HEADERS | NO_INDEX, "application/geo+json")


@cache
def _land() -> bytes:
    rings, borders = land()
    lines = [_feature("LineString", _rounded(shape), kind="border") for shape in borders]
    areas = [_feature("Polygon", [_closed(shape)], kind="land") for shape in rings]
    return msgspec.json.encode(_collection(areas + lines))


def _features(road: tuple[Stretch, ...]) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    stops: list[dict[str, object]] = []
    last: float | None = None
    for index, stretch in enumerate(road):
        line = unwrapped(line_of(stretch), last)
        last = line[-1][0]
        lines.append(_feature("LineString", line, kind=stretch.mode, ahead=stretch.ahead))
        if index == 0:
            stops.append(_feature("Point", line[0], kind="stop", name=stretch.start.city or ""))
        kind = "goal" if stretch.ahead else "stop"
        stops.append(_feature("Point", line[-1], kind=kind, name=stretch.end.city or ""))
    passed = [stop for stop in stops if stop["properties"]["kind"] == "stop"]  # type: ignore[index]
    if passed:
        passed[-1]["properties"]["kind"] = "last"  # type: ignore[index]
    return lines + stops


def _feature(kind_of: str, coordinates: object, **properties: object) -> dict[str, object]:
    geometry = {"type": kind_of, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _collection(features: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": features}


def _rounded(shape: Shape) -> list[tuple[float, float]]:
    return [(round(x, 2), round(y, 2)) for x, y in shape.points]


def _closed(shape: Shape) -> list[tuple[float, float]]:
    points = _rounded(shape)
    return points if points[0] == points[-1] else [*points, points[0]]
