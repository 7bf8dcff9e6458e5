"""A road with the positions of the towns that it names, for rules that are content with a town."""

from __future__ import annotations

from msgspec.structs import replace

from milepost.domain.alert import Policy
from milepost.domain.event import Event
from milepost.domain.place import Place, as_place
from milepost.domain.whole import Whole, position_of
from milepost.places import locate
from milepost.rules.whole import detour


def off_course(whole: Whole, policy: Policy) -> bool:
    """Whether its places lead away from where it goes."""
    return detour.check(located(whole), 0, policy) is not None


def located(whole: Whole) -> Whole:
    """The road with the positions of its towns, where it tells no better."""
    facts = replace(
        whole.facts,
        origin=_located(whole.facts.origin),
        destination=_located(whole.facts.destination),
    )
    if position_of(facts.destination) is None:
        return whole
    return Whole(whole.shipment, [_event_located(event) for event in whole.events], facts)


def town_of(place: Place | None) -> tuple[float, float] | None:
    """Latitude and longitude of a place, or of the one town that its name can mean."""
    return position_of(_located(place))


def _event_located(event: Event) -> Event:
    place = as_place(event.body.place)
    found = _located(place)
    return event if found is place else replace(event, body=replace(event.body, place=found))


def _located(place: Place | None) -> Place | None:
    if place is None or position_of(place) is not None:
        return place
    found = locate(place)
    if found is None or found.city is None:  # the middle of a country is no place to go by
        return place
    return replace(place, latitude=found.latitude, longitude=found.longitude)
