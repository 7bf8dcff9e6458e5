"""A shipment's road as legs for the carbon estimate: places located, modes derived or assumed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from milepost.carbon.gates import nearest_port
from milepost.carbon.model import Point, Stretch
from milepost.carbon.modes import Hop, mode_of
from milepost.carbon.sphere import great_circle_m
from milepost.domain.place import Place
from milepost.domain.track import Track
from milepost.places import locate

# Where nobody states a weight, that of a small parcel.
ASSUMED_WEIGHT_G = 1_000
# Places nearer than that are one place.
_SAME_M = 3_000
_TO_PORT_M = 20_000
_ENDED = frozenset({"delivered", "returned", "expired"})


class _Stop(NamedTuple):
    """A place on the road, and what was told on the way to it."""

    point: Point
    texts: tuple[str, ...]
    number: str | None
    carrier: str | None
    last: bool


def stretches_of(track: Track) -> tuple[list[Stretch], tuple[str, ...]]:
    """The legs in the order of travel, and in words what is not known of them."""
    stops = list(_stops(track))
    if len(stops) < 2:
        return [], ("fewer than two places of the road are known",)
    hops = pairwise(stops)
    found = [leg for here, there in hops for leg in _legs(here, there, track)]
    return found, _unknown(track)


def _unknown(track: Track) -> tuple[str, ...]:
    faults = []
    if _point(track.origin) is None:
        faults.append("the origin is not known; the road begins at its first located scan")
    if _point(track.destination) is None and track.status.main not in _ENDED:
        faults.append("the destination is not known; the road ends at its newest located scan")
    return tuple(faults)


def _stops(track: Track) -> Iterator[_Stop]:
    """Origin, every located scan in the order of time, destination; repeated places once."""
    texts: list[str] = []
    before: Point | None = None
    for place, text, number, carrier, last in _told(track):
        if text:
            texts.append(text)
        point = _point(place)
        if point is None or (before is not None and _metres(before, point) < _SAME_M):
            continue
        yield _Stop(point, tuple(texts[-6:]), number, carrier, last)
        before, texts = point, texts[-1:]


def _told(
    track: Track,
) -> Iterator[tuple[Place | None, str | None, str | None, str | None, bool]]:
    yield track.origin, None, None, None, False
    for event in track.events:
        if event.retracted_by is None:
            last = event.main in ("delivered", "out_for_delivery")
            yield event.place, event.text, event.number, event.carrier, last
    yield track.destination, None, track.number, track.carrier, True


def _point(place: Place | None) -> Point | None:
    found = locate(place) if place is not None else None
    if found is None or found.latitude is None or found.longitude is None:
        return None
    name = (place.label if place is not None else None) or found.city
    return Point(
        name=name, country=found.country, latitude=found.latitude, longitude=found.longitude
    )


def _legs(here: _Stop, there: _Stop, track: Track) -> list[Stretch]:
    origin, destination = here.point, there.point
    direct = _metres(origin, destination)
    hop = Hop(origin.country, destination.country, direct, there.texts, track.service, there.last)
    taken = mode_of(hop)
    assumed = ["mode"] if taken.assumed else []
    assumed += ["weight"] if track.weight_g is None else []
    leg = Stretch(
        mode=taken.mode,
        weight_g=track.weight_g or ASSUMED_WEIGHT_G,
        origin=origin,
        destination=destination,
        number=there.number,
        carrier=there.carrier,
        assumed=tuple(assumed),
    )
    return by_ports(leg)


def by_ports(leg: Stretch) -> list[Stretch]:
    """A leg over sea as by road to the next port, over the sea, and by road again; else the leg."""
    if leg.mode != "sea":
        return [leg]
    ports = [nearest_port(*_at(one)) for one in (leg.origin, leg.destination)]
    first, last = (
        port if port is not None else end
        for port, end in zip(ports, (leg.origin, leg.destination), strict=True)
    )
    found = []
    if _metres(leg.origin, first) > _TO_PORT_M:
        found.append(_copy(leg, "road", leg.origin, first))
    found.append(_copy(leg, "sea", first, last))
    if _metres(last, leg.destination) > _TO_PORT_M:
        found.append(_copy(leg, "road", last, leg.destination))
    return found


def _copy(leg: Stretch, mode: str, origin: Point, destination: Point) -> Stretch:
    assumed = dict.fromkeys([*leg.assumed, *(["mode"] if mode == "road" else [])])
    return Stretch(
        mode="road" if mode == "road" else "sea",
        weight_g=leg.weight_g,
        origin=origin,
        destination=destination,
        number=leg.number,
        carrier=leg.carrier,
        assumed=tuple(assumed),
    )


def _metres(one: Point, other: Point) -> int:
    return great_circle_m(*_at(one), *_at(other))


def _at(point: Point) -> tuple[float, float]:
    assert point.latitude is not None
    assert point.longitude is not None
    return point.latitude, point.longitude
