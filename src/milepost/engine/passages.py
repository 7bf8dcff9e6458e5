"""A road's events as a passage through facilities: what the network of roads learns from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from milepost.domain.event import Event, is_status
from milepost.domain.moment import TimeQuality
from milepost.domain.place import Place, as_place
from milepost.domain.settle import MAIN
from milepost.domain.status import BY_CODE, STATUSES, SUB_CODE
from milepost.domain.track import EventView, Track
from milepost.domain.whole import Whole
from milepost.eta.roads.model import Node, Passage, Position, Seen, Stay, city_goal
from milepost.places import locate
from milepost.reading import read

MOST_STAYS = 100
_REMEMBERED = 65_536
_LONGEST = 120
_MOVING = {"picked_up", "in_transit", "customs", "out_for_delivery", "exception"}
_DONE = {"delivered", "available_for_pickup"}
_BACK = {"returning", "returned", "expired"}
_LEAVING = {code for code, one in BY_CODE.items()
            if one.sub.startswith(("in_transit.departed", "out_for_delivery"))
            or one.sub == "in_transit.handed_to_partner"}  # fmt: skip
# Hours cannot be told from a bare date or from a clock of an unknown zone.
_SURE = {TimeQuality.exact, TimeQuality.zone_from_place, TimeQuality.carrier_zone}


class Told(NamedTuple):
    """What of an event matters here."""

    code: int
    at_s: int
    offset_min: int
    place: Place | None
    next_place: Place | None
    carrier: str


def passage_of(whole: Whole) -> Passage | None:
    """The passage of one box; None where no scan names a facility at a sure time."""
    told = (_told(event) for event in whole.events if is_status(event.code))
    facts = whole.facts
    return _passage([one for one in told if one], whole.shipment.main, facts.origin,
                    facts.destination)  # fmt: skip


def passages_of(track: Track) -> list[tuple[int, Passage | None]]:
    """The same of each box of a shipment as readers see it: its index and passage."""
    found = []
    for parcel in track.parcels:
        one_only = len(track.parcels) == 1
        views = [view for view in track.events if one_only or view.number in parcel.numbers]
        told = [one for view in views if (one := _viewed(view)) is not None]
        passage = _passage(told, parcel.status.main, track.origin, track.destination)
        found.append((parcel.index, passage))
    return found


def _told(event: Event) -> Told | None:
    if TimeQuality(event.quality) not in _SURE:
        return None
    body = event.body
    carrier = body.carrier or ""
    place, following = _places(body.place, body.next_place, body.text, carrier)
    return Told(event.code, event.at_us // 1_000_000, event.offset_min or 0, place, following,
                carrier)  # fmt: skip


def _viewed(view: EventView) -> Told | None:
    if view.retracted_by is not None or TimeQuality[view.time_quality] not in _SURE:
        return None
    at = datetime.fromisoformat(view.occurred_at)
    offset = at.utcoffset()
    carrier = view.carrier or ""
    place, following = _places(view.place, view.next_place, view.text, carrier)
    return Told(SUB_CODE.get(view.sub, 0), int(at.timestamp()),
                int(offset.total_seconds() // 60) if offset else 0, place, following,
                carrier)  # fmt: skip


def _places(
    place: str | Place | None, following: str | Place | None, text: str | None, carrier: str
) -> tuple[Place | None, Place | None]:
    """Where it is and where it goes next: as told apart, else as its sentence names them."""
    here, there = as_place(place), as_place(following)
    if text and (here is None or there is None):
        said, said_next = _said(text, carrier)
        return here or said, there or said_next
    return here, there


@lru_cache(maxsize=_REMEMBERED)
def _said(text: str, carrier: str) -> tuple[Place | None, Place | None]:
    reading = read(text, carrier=carrier or None)
    return as_place(reading.place or reading.place_city), as_place(reading.next_place)


def _passage(
    told: Sequence[Told], main: str, origin: Place | None, destination: Place | None
) -> Passage | None:
    told = sorted(told, key=lambda one: (one.at_s, one.code))
    done = next((one for one in told if MAIN[one.code] in _DONE), None) if main in _DONE else None
    over = main in _BACK or STATUSES[_last_sub(told)].final
    until_s = done.at_s if done is not None else _turned_s(told)
    scans = list(_scans(told, until_s))
    if not scans:
        return None
    stays = _stays(scans)[:MOST_STAYS]
    nodes = {node.key: node for node, _ in scans}
    announced = node_of(scans[-1][1].next_place, scans[-1][1].carrier)
    if announced is not None and announced.key != scans[-1][0].key:
        nodes[announced.key] = announced
    ends = destination if destination is not None or done is None else scans[-1][1].place
    return Passage(
        nodes=nodes,
        goals=_levels(ends),
        origins=_levels(origin or scans[0][1].place),
        stays=tuple(stays),
        scans=tuple(Seen(node.key, one.code, one.at_s, one.offset_min) for node, one in scans),
        done_s=done.at_s if done is not None else None,
        done_code=done.code if done is not None else 0,
        over=over and done is None,
        announced=announced.key if announced is not None else None,
        goal_at=_position(destination),
    )


def _last_sub(told: Sequence[Told]) -> str:
    return BY_CODE[told[-1].code].sub if told else "unknown"


def _turned_s(told: Iterable[Told]) -> int | None:
    """When it was sent back: what comes then is no road to its buyer."""
    return next((one.at_s for one in told if MAIN[one.code] in _BACK), None)


def _scans(told: Iterable[Told], until_s: int | None) -> Iterator[tuple[Node, Told]]:
    for one in told:
        if MAIN[one.code] in _MOVING and (until_s is None or one.at_s <= until_s):
            node = node_of(one.place, one.carrier)
            if node is not None:
                yield node, one


def _stays(scans: Iterable[tuple[Node, Told]]) -> list[Stay]:
    stays: list[Stay] = []
    for node, one in scans:
        left = one.code in _LEAVING or one.next_place is not None
        if stays and stays[-1].node == node.key:
            before = stays.pop()
            stay = Stay(node.key, before.arrived_s, one.at_s, before.offset_min, left)
        else:
            stay = Stay(node.key, one.at_s, one.at_s, one.offset_min, left)
        stays.append(stay)
    return stays


@lru_cache(maxsize=_REMEMBERED)
def node_of(place: Place | None, carrier: str) -> Node | None:
    """The facility that a carrier means; None for no place, or one without any name."""
    name = (place.facility or place.name or place.city) if place is not None else None
    if place is None or not name or not name.strip():
        return None
    found = locate(place)
    city = (found.city if found else None) or place.city
    country = (found.country if found else None) or place.country
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:_LONGEST]
    where = ",".join(part for part in (city, country) if part)
    return Node(
        key=f"{carrier}:{plain}@{where}", carrier=carrier, name=name.strip()[:_LONGEST],
        city=city, country=country, position=_position(place),
        zone=found.zone if found else None,
    )  # fmt: skip


@lru_cache(maxsize=_REMEMBERED)
def _levels(place: Place | None) -> tuple[str, ...]:
    """An end of a road, from everywhere to country, region, city and postcode."""
    if place is None:
        return ("",)
    found = locate(place)
    country = (found.country if found else None) or place.country
    city = (found.city if found else None) or place.city
    if not country:
        return ("",)
    levels = ["", country]
    levels += [f"{country}/{place.region.casefold()}"] if place.region else []
    levels += [city_goal(country, city)] if city else []
    levels += [f"{country}#{place.postal_code}"] if city and place.postal_code else []
    return tuple(levels)


def _position(place: Place | None) -> Position | None:
    found = locate(place) if place is not None else None
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return found.latitude, found.longitude
