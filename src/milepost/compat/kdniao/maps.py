"""Instructions 8003 and 8005: where the parcel has been, and a signed link to a drawn route.

The predicted path is what the network of the tenant's own roads tells; empty until it has learned.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from milepost.compat.core import CompatServices, Credential
from milepost.compat.kdniao import clock, query, shape, sign
from milepost.compat.kdniao.asking import Address, Instruction, Wanted
from milepost.compat.kdniao.rough import rough_hours
from milepost.compat.kdniao.states import visible
from milepost.domain.place import Place
from milepost.domain.status import STATUSES
from milepost.domain.track import Track, ahead_of
from milepost.places import locate

Json = dict[str, Any]
Point = tuple[float, float]
PATH = "/gateway/routeMap"


class Signer(Struct):
    """What signs a link to the route map."""

    base_url: str
    credential: Credential
    now_us: int

    def url(self, number: str, shipper: str) -> str:
        stamp = str(self.now_us // 1_000)
        given = {
            "ShipperCode": shipper,
            "LogisticCode": number,
            "Timestamp": stamp,
            "RequestType": query.MAP,
        }
        data = msgspec.json.encode(given).decode()
        signature = sign.data_sign(data + stamp, self.credential.secrets["ApiKey"])
        asked = {
            "RequestData": data,
            "EBusinessID": self.credential.public_id,
            "Timestamp": stamp,
            "DataSign": signature,
        }
        return f"{self.base_url}{PATH}?{urlencode(asked)}"


async def answer(services: CompatServices, call: Instruction) -> Json:
    """A road with coordinates. Raises KdniaoError."""
    found = await query.answer(services, call)
    # Without traces there is nothing to draw, and a wrong phone must not draw anything.
    traced = bool(found["Traces"])
    tenant = call.credential.tenant
    track = await query.find(services, tenant, call.wanted.number)
    track = track and services.queries.foreseen(tenant, track)
    signer = Signer(services.base_url, call.credential, services.now_us())
    return found | fields(track if traced else None, call.wanted, signer, found["ShipperCode"])


def fields(track: Track | None, wanted: Wanted, signer: Signer, shipper: str) -> Json:
    """What the map adds to an answer."""
    url = signer.url(wanted.number, shipper) if track is not None else None
    ends = wanted.Sender, wanted.Receiver
    return places(track, *ends) | {
        "EstimatedDeliveryTime": estimated(track, *ends) if track is not None else None,
        "RouteMapUrl": url if wanted.IsReturnRouteMap != "0" else None,
        "RouteMapUrlCode": url,
    }


def estimated(track: Track, sender: Address | None, receiver: Address | None) -> str | None:
    """What is known of the arrival; else, with both ends known and the parcel on its way, a rough
    estimate from the day it was picked up.
    """
    stated = shape.estimated(track.arrival)
    if stated is not None or STATUSES[track.status.sub].final:
        return stated
    begun = next((one.at for one in track.milestones if one.main == "picked_up"), None)
    start, end = _city(sender) or track.origin, _city(receiver) or track.destination
    if begun is None or start is None or end is None:
        return None
    hours = rough_hours(start, end)
    if hours is None:
        return None
    due = clock.instant(begun).astimezone(clock.CHINA) + timedelta(hours=hours)
    return f"{due:%Y-%m-%d %H:%M:%S}"


def _city(address: Address | None) -> Place | None:
    """A province alone is no point on a map."""
    place = address.place if address is not None else None
    return place if place is not None and place.city else None


def places(track: Track | None, sender: Address | None, receiver: Address | None) -> Json:
    """Both ends and the places in between; addresses given win over what is known."""
    origin = _city(sender) or (track.origin if track is not None else None)
    target = _city(receiver) or (track.destination if track is not None else None)
    stops = coordinates(track) if track is not None else []
    return {
        "SenderCityLatAndLng": _text(_point(origin)),
        "ReceiverCityLatAndLng": _text(_point(target)),
        "Coordinates": [{"Location": name, "LatAndLng": _text(at)} for name, at in stops],
        "PreCoordinates": predicted(track) if track is not None else [],
        "CityIsNull": not stops,
    }


def coordinates(track: Track) -> list[tuple[str, Point]]:
    """The places passed, in order, each stay once; those not known for sure are left out."""
    stops: list[tuple[str, Point]] = []
    for event in visible(track):
        at = _point(event.place)
        name = shape.city(event.place)
        if at is not None and (not stops or stops[-1][1] != at):
            stops.append((name, at))
    return stops


def predicted(track: Track) -> list[Json]:
    """The facilities that are probably still to come, as far as it is known where they are."""
    stops = [(shape.city(one.place), _point(one.place)) for one in ahead_of(track)]
    return [{"Location": name, "LatAndLng": _text(at)} for name, at in stops if at is not None]


def _point(place: Place | None) -> Point | None:
    if place is None:
        return None
    if place.latitude is not None and place.longitude is not None:
        return place.latitude, place.longitude
    found = locate(place, carrier_country="CN")
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return found.latitude, found.longitude


def _text(at: Point | None) -> str | None:
    """`lat,lng` with five decimals, about a metre."""
    return None if at is None else f"{at[0]:.5f},{at[1]:.5f}"
