"""The stops of a road that can be put on a map, and how the parcel went between them."""

from __future__ import annotations

import re
from itertools import pairwise

from msgspec import Struct

from milepost.domain.place import Place
from milepost.domain.status import STATUSES
from milepost.domain.track import Track
from milepost.pages.roadmap.geo import Point, metres
from milepost.pages.view.towns import town
from milepost.places import locate

_NEAR_M = 4_000.0
_BY_AIR_M = 1_200_000.0
_TOLD = {
    "sea": r"\b(vessel|ship sailed|sailed|ocean|sea ?freight|by sea|schiff|buque|navio|navire)\b"
    r"|судн|海运|海運|船|开航|선박|해상",
    "rail": r"\b(train|railway|rail freight|by rail|güterzug|tren|ferroviaire)\b"
    r"|поезд|ж/д|班列|铁路|鐵路|火车|열차|철도",
    "air": r"\b(flight|aircraft|airline|airport|plane|air ?(freight|cargo)|by air)\b"
    r"|\b(flug|vuelo|voo|vol)\b"
    r"|рейс|самол[её]т|航班|起飞|空运|空運|机场|機場|航空|항공",
}
_SAID = {mode: re.compile(words, re.IGNORECASE) for mode, words in _TOLD.items()}
_SHORT_NAME = 14
_HAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")


class Stop(Struct, frozen=True):
    """A place on the road: (longitude, latitude), the city or None, country, index of its event."""

    at: Point
    city: str | None
    country: str | None


class Stretch(Struct, frozen=True):
    """From one stop to the next by `road`, `air`, `sea` or `rail`; `ahead`: not travelled yet."""

    start: Stop
    end: Stop
    mode: str
    ahead: bool


def stretches(track: Track, *, latin: bool = False) -> tuple[Stretch, ...]:
    """The road in the order travelled; empty where fewer than two stops can be placed.

    `latin`: the reader reads no Han, so that places are called by their names in Latin script.
    """
    placed = _placed(track, latin=latin)
    status = STATUSES.get(track.status.sub)
    over = status is not None and status.final
    goal = (
        None if over or track.status.main == "returning" else _stop(track.destination, latin=latin)
    )
    found = [
        Stretch(one, other, _mode(one, other, words, track), ahead=False)
        for (one, _), (other, words) in pairwise(placed)
    ]
    if placed and goal is not None and metres(placed[-1][0].at, goal.at) > _NEAR_M:
        last = placed[-1][0]
        found.append(Stretch(last, goal, _mode(last, goal, "", track), ahead=True))
    return tuple(found)


def _placed(track: Track, *, latin: bool) -> list[tuple[Stop, str]]:
    """The stops with the carrier's words since the stop before; a stop stands once in a row."""
    found: list[tuple[Stop, str]] = []
    words = ""
    first = _stop(track.origin, latin=latin)
    if first is not None:
        found.append((first, ""))
    numbers = _numbers(track)
    for event in track.events:
        if event.retracted_by is not None or (numbers and event.number not in numbers):
            continue
        words += f" {event.text or ''}"
        stop = _stop(event.place, latin=latin)
        if stop is None or (found and metres(found[-1][0].at, stop.at) < _NEAR_M):
            continue
        found.append((stop, words))
        words = event.text or ""
    return found


def _numbers(track: Track) -> list[str]:
    """Of several parcels, the numbers of the one that the status speaks of."""
    if len(track.parcels) < 2:
        return []
    speaking = [row for row in track.parcels if row.status.sub == track.status.sub]
    return (speaking or track.parcels)[0].numbers


def _stop(place: Place | None, *, latin: bool) -> Stop | None:
    located = locate(place)
    if located is None or located.latitude is None or located.longitude is None:
        return None
    assert place is not None
    own = place.name if place.name and len(place.name) <= _SHORT_NAME else None
    city = place.city or own or located.city
    if latin and city and _HAN.search(city):
        city = town(city, located.country, "en")
    return Stop((located.longitude, located.latitude), city, located.country)


def _mode(one: Stop, other: Stop, words: str, track: Track) -> str:
    """What the carrier's words say; else by air where it goes far and to another country."""
    if metres(one.at, other.at) < _NEAR_M * 20:
        return "road"
    said = f"{words} {track.service or ''}"
    told = next((mode for mode, pattern in _SAID.items() if pattern.search(said)), "")
    if told:
        return told
    abroad = one.country != other.country
    return "air" if abroad and metres(one.at, other.at) > _BY_AIR_M else "road"
