"""A Track as Kuaidi100's answer. Pure. Every value is text, but for `isLoop`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from msgspec import Struct

from milepost.compat.kuaidi100 import area, arrival, clock, statuses
from milepost.domain.place import Place
from milepost.domain.track import EventView, Track

_MAPS = {5, 6, 7}


class View(Struct, frozen=True, kw_only=True):
    """How much a client asked for.

    `level` is resultv2: 0 plain, 1 areas and names of states, 2 the road too, 4 advanced codes,
    5 to 7 a map, 8 arrival and predicted road. `origin` and `destination`: its `from` and `to`.
    """

    level: int = 0
    ascending: bool = False
    english: bool = False
    origin: str = ""
    destination: str = ""

    @property
    def advanced(self) -> bool:
        return self.level >= 4

    @property
    def map(self) -> bool:
        return self.level in _MAPS


def view_of(asked: dict[str, Any], level: str = "0") -> View:
    """From `param` of a query or `parameters` of a subscription; `level` where none is given."""
    given = str(asked.get("resultv2") or level)
    return View(
        level=int(given) if given in {"1", "2", "4", "5", "6", "7", "8"} else 0,
        ascending=str(asked.get("order") or "").lower() == "asc",
        english=str(asked.get("lang") or "").lower() == "en",
        origin=str(asked.get("from") or ""),
        destination=str(asked.get("to") or ""),
    )


def standing(track: Track) -> list[EventView]:
    """The events that have not been taken back, oldest first."""
    return [event for event in track.events if event.retracted_by is None]


def result(
    track: Track, com: str, view: View, now_us: int, base_url: str, number: str = ""
) -> dict[str, Any]:
    """The answer of query.do and maptrack.do, and `lastResult` of a push. `number` is that of the
    client, who wants to find it again as it was written.
    """
    code = statuses.status_code(track.status.sub)
    signed = track.status.main == "delivered"
    answer: dict[str, Any] = {
        "message": "ok",
        "nu": number or track.number,
        "ischeck": "1" if signed else "0",
        "com": com,
        "status": "200",
        "state": code if view.advanced else statuses.state(track.status.sub),
        "condition": "F00" if signed else "00",
        "data": entries(standing(track), view),
        "isLoop": False,
    }
    if view.level >= 2:
        answer["routeInfo"] = route_info(track, view)
    if view.map or view.level == 8:
        answer |= arrival.times(track, now_us)
    if view.map:
        answer["trailUrl"] = None if view.level == 7 else trail_url(track.number, base_url)
    if view.level == 8:
        answer["predictedRoute"] = arrival.predicted(track)
    return answer


def empty(number: str, com: str, message: str) -> dict[str, Any]:
    """`lastResult` of a push when nothing is known."""
    return {
        "message": message,
        "nu": number,
        "ischeck": "0",
        "com": com,
        "status": "200",
        "state": "",
        "condition": "00",
        "data": [],
    }


def entries(events: list[EventView], view: View) -> list[dict[str, str]]:
    """`data`: newest first unless the client asked for the other order."""
    ordered = events if view.ascending else events[::-1]
    return [_entry(event, view) for event in ordered]


def _entry(event: EventView, view: View) -> dict[str, str]:
    code = statuses.status_code(event.sub)
    time = clock.wall(event.occurred_at, event.place)
    context = event.text or statuses.name(code, english=view.english)
    entry = {"time": time, "ftime": time, "context": context}
    if view.level:
        entry |= _place(event.place)
        basic = code if view.advanced else statuses.state(event.sub)
        entry["status"] = statuses.name(basic, english=view.english)
    if view.advanced:
        entry |= {"statusCode": code, **_centre(event.place)}
    return entry


@lru_cache(maxsize=16_384)
def _centre(place: Place | None) -> dict[str, str]:
    """Not to be changed: it is shared, as places come again in many roads."""
    return {"areaCenter": area.centre(place), "areaPinYin": area.pinyin(place)}


@lru_cache(maxsize=16_384)
def _place(place: Place | None) -> dict[str, str]:
    """The same of its name."""
    return {
        "areaCode": area.code(place),
        "areaName": area.name(place),
        "location": area.spot(place),
    }


def route_info(track: Track, view: View) -> dict[str, Any]:
    """Where it comes from, is now and goes to; None for what nobody knows."""
    places = [event.place for event in standing(track) if event.place]
    last = places[-1] if places else None
    done = last if track.status.main == "delivered" else None
    return {
        "from": area.point(track.origin) or _named(view.origin) or _first(places),
        "cur": area.point(last),
        "to": area.point(track.destination) or _named(view.destination) or area.point(done),
    }


def _first(places: list[Place]) -> dict[str, str] | None:
    return area.point(places[0]) if places else None


def _named(text: str) -> dict[str, str] | None:
    return area.point(Place(name=text)) if text else None


def trail_url(number: str, base_url: str) -> str:
    """The page that shows the road on a map."""
    return f"{base_url}/t/{number}"
