"""The legs of a shipment: which carrier had it under which number, and how far it came there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from milepost.domain.event import Event, is_status
from milepost.domain.marks import Mark
from milepost.domain.settle import MAIN, settle
from milepost.domain.status import BY_CODE, Status
from milepost.domain.track import Leg
from milepost.engine.road import Road
from milepost.engine.rows import Link
from milepost.engine.timeline import time_text

EARLY = frozenset({"unknown", "pending", "info_received"})
_Key = tuple[str, str | None]


def legs_of(
    events: Sequence[Event],
    links: Sequence[Link],
    taken_back: dict[int, int],
    roads: Collection[Road],
) -> list[Leg]:
    """In the order of travel, box by box. `events` are in the order of time; `roads` are the boxes,
    folded.
    """
    groups = _groups(events, links, taken_back)
    if len(groups) == len(roads) == 1:  # most have one: what is said of the box holds for its leg
        ((key, found),) = groups.items()
        (road,) = roads
        return [_leg(key, found, _box_of(links).get(key[0], 1), road.shipment.status)]
    box, order = _box_of(links), {link.number: link.position for link in links}
    marks = {mark[0]: mark for road in roads for mark in road.marks}
    legs = [
        _leg(key, found, box.get(key[0], 1), _status(found, marks)) for key, found in groups.items()
    ]
    return sorted(legs, key=lambda leg: (leg.parcel, order.get(leg.number, 0), _start(leg)))


def _box_of(links: Sequence[Link]) -> dict[str, int]:
    return {link.number: link.box for link in links}


def _groups(
    events: Sequence[Event], links: Sequence[Link], taken_back: dict[int, int]
) -> dict[_Key, list[Event]]:
    known = {link.number: link.carrier for link in links if link.carrier}
    for event in events:
        if event.body.carrier and event.body.number not in known:
            known[event.body.number] = event.body.carrier
    groups: dict[_Key, list[Event]] = {}
    for event in events:
        if is_status(event.code) and event.fingerprint not in taken_back:
            number = event.body.number
            carrier = event.body.carrier or known.get(number)
            groups.setdefault((number, carrier), []).append(event)
    travelled = {number for number, _ in groups}
    for link in links:
        if link.number not in travelled:
            groups[link.number, link.carrier] = []
    return groups


def _status(events: Sequence[Event], marks: Mapping[int, Mark]) -> Status:
    """What these events alone come to."""
    own = (marks[event.fingerprint] for event in events)
    return BY_CODE[settle(sorted(own, key=lambda mark: (mark[1], mark[3], mark[0]))).code]


def _leg(key: _Key, events: Sequence[Event], box: int, status: Status) -> Leg:
    moving = [event for event in events if MAIN[event.code] not in EARLY]
    return Leg(
        number=key[0],
        carrier=key[1],
        main=status.main,
        sub=status.sub,
        started_at=time_text(moving[0]) if moving else None,
        ended_at=time_text(moving[-1]) if moving and status.final else None,
        parcel=box,
    )


def _start(leg: Leg) -> str:
    return leg.started_at or "~"
