"""The merchant's own map for the big map: a PMTiles file in the data folder."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route

from milepost.pages.maptiles import ADDRESS, FILE, MapTiles
from milepost.wiring.feature import Context, Feature


class OwnMap(Feature):
    def __init__(self, context: Context) -> None:
        settings = context.settings
        file = settings.map_tiles or settings.data / FILE
        self._tiles = MapTiles(file, settings.map_tiles_url)

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/map/tiles.json", self._tiles.tell, methods=["GET"]),
            Route(ADDRESS, self._tiles.serve, methods=["GET"]),
        ]


def open_feature(context: Context) -> Feature:
    return OwnMap(context)
