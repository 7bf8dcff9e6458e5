"""The legs of a shipment: which carrier had it under which number, and how far it came there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milepost.domain.event import Event, is_status
from milepost.domain.marks import Mark
from milepost.domain.settle import MAIN, settle
from milepost.domain.status import BY_CODE
from milepost.domain.track import Leg
from milepost.engine.ports import Link
from milepost.engine.timeline import time_text

EARLY = frozenset({"unknown", "pending", "info_received"})
_Key = tuple[str, str | None]


def legs_of(
    events: Sequence[Event],
    links: Sequence[Link],
    taken_back: dict[int, int],
    marks: Mapping[int, Mark],
) -> list[Leg]:
    """In the order of travel, box by box. `events` are in the order of time; `marks` are those of
    all that stand, by fingerprint.
    """
    box = {link.number: link.box for link in links}
    order = {link.number: link.position for link in links}
    groups = _groups(events, links, taken_back)
    legs = [_leg(key, found, box.get(key[0], 1), marks) for key, found in groups.items()]
    return sorted(legs, key=lambda leg: (leg.parcel, order.get(leg.number, 0), _start(leg)))


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


def _leg(key: _Key, events: Sequence[Event], box: int, marks: Mapping[int, Mark]) -> Leg:
    own = (marks[event.fingerprint] for event in events)
    status = BY_CODE[settle(sorted(own, key=lambda mark: (mark[1], mark[3], mark[0]))).code]
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
