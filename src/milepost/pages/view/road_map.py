"""The map strip in the reader's words and units."""

from __future__ import annotations

from msgspec import Struct

from milepost.domain.status import STATUSES
from milepost.domain.track import Track
from milepost.pages.roadmap.stops import Stretch, stretches
from milepost.pages.roadmap.strip import HEIGHT, WIDTH, Strip, strip
from milepost.pages.view.reader import Reader
from milepost.pages.view.towns import reads_han


class MapView(Struct, frozen=True):
    """The picture, what it shows in words, and how far it was and will be."""

    strip: Strip
    width: int
    height: int
    label: str
    so_far: str | None
    left: str | None
    note: str


def map_view(track: Track, reader: Reader) -> MapView | None:
    """None where fewer than two stops of the road can be placed."""
    road = stretches(track, latin=not reads_han(reader.locale))
    if not road:
        return None
    drawn = strip(road)
    far, left = drawn.travelled_m, drawn.ahead_m
    status = STATUSES.get(track.status.sub)
    whole = "whole" if status is not None and status.final else "so_far"
    return MapView(
        strip=drawn,
        width=WIDTH,
        height=HEIGHT,
        label=reader.text("map.label", stops=" – ".join(_names(road))),
        so_far=reader.text(f"map.{whole}", distance=reader.distance(far)) if far else None,
        left=reader.text("map.left", distance=reader.distance(left)) if left else None,
        note=reader.text("map.note" if left else "map.straight"),
    )


def _names(road: tuple[Stretch, ...]) -> list[str]:
    cities = [road[0].start.city, *(stretch.end.city for stretch in road)]
    return list(dict.fromkeys(city for city in cities if city))
