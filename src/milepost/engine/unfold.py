"""A road's events become what a reader sees. Pure: the same events always give the same Track."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from milepost.domain.advance import advance
from milepost.domain.alert import Finding, Policy
from milepost.domain.event import Event, is_status, mark_of
from milepost.domain.marks import EMPTY, PROMISE, header_of, marks_of, references_of, standing
from milepost.domain.moment import TimeQuality, to_datetime, to_text
from milepost.domain.place import as_place
from milepost.domain.scan import Facts, id_text
from milepost.domain.settle import MAIN, settle
from milepost.domain.shipment import Shipment
from milepost.domain.status import BY_CODE, UNKNOWN
from milepost.domain.track import (
    AlertView,
    Arrival,
    EventView,
    Leg,
    Milestone,
    Parcel,
    StatusView,
    Track,
)
from milepost.engine.judge import findings
from milepost.engine.ports import Link
from milepost.places import zone_of
from milepost.reading import Reading, mask, read

_EARLY = {"unknown", "pending", "info_received"}


class Road:
    """The events of one box under all its numbers, folded."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = {event.fingerprint: event for event in events}
        references = {e.fingerprint: e.reference for e in events if e.reference is not None}
        self.state = advance(EMPTY, [mark_of(event) for event in events], references)
        self.marks = [
            mark
            for mark in standing(marks_of(self.state), references_of(self.state))
            if mark.fingerprint in self.events
        ]
        self.shipment = Shipment(self.state)

    def status(self) -> StatusView:
        """The status of the box, with the events that it rests on."""
        header = header_of(self.state)
        status = BY_CODE[header.code]
        deciding = self.events.get(header.because)
        since = self._since(header.since_s, status.main)
        because = [id_text(deciding.fingerprint)] if deciding else []
        if since and deciding and since.fingerprint != deciding.fingerprint:
            because.insert(0, id_text(since.fingerprint))
        at = _time_text(since) if since else (_time_text(deciding) if deciding else None)
        return StatusView(main=status.main, sub=status.sub, since=at, because=because)

    def _since(self, since_s: int, main: str) -> Event | None:
        """The event that began the present main status."""
        for mark in self.marks:
            if mark.at_s == since_s and MAIN[mark.code] == main:
                return self.events[mark.fingerprint]
        return None

    def milestones(self) -> list[Milestone]:
        """The first standing event of every main status, in the order of time."""
        first: dict[str, Event] = {}
        for mark in self.marks:
            main = MAIN[mark.code]
            if is_status(mark.code) and main != "unknown":
                first.setdefault(main, self.events[mark.fingerprint])
        return [
            Milestone(main=main, at=_time_text(event), event=id_text(event.fingerprint))
            for main, event in first.items()
        ]


def unfold(
    number: str,
    events: Sequence[Event],
    links: Sequence[Link],
    facts: Sequence[Facts],
    *,
    shipment: int,
    now_s: int,
    policy: Policy,
    synthetic: bool = False,
    private: bool = False,
    sealed: bool = False,
) -> Track:
    """The whole road. `private` gives verbatim texts; else personal data is masked."""
    events = _told_once(events)
    boxes = _boxes(number, events, links)
    roads = {box: Road(list(found)) for box, (_, found) in boxes.items()}
    leading = roads[_leading(roads)]
    merged = _merged_facts(facts)
    events = sorted(events, key=lambda event: (event.at_us, event.code, event.fingerprint))
    taken_back = _taken_back(events)
    return Track(
        number=number,
        carrier=_carrier(events, facts, links),
        shipment=id_text(shipment),
        order_number=merged.order_number or _first(e.body.order_number for e in events),
        status=leading.status(),
        milestones=leading.milestones(),
        arrival=_arrival(events, merged, taken_back),
        legs=_legs(events, links, taken_back),
        parcels=[
            Parcel(index=box, numbers=boxes[box][0], status=road.status())
            for box, road in sorted(roads.items())
        ],
        alerts=_alerts(roads.values(), now_s, policy),
        events=[_view(event, taken_back, private) for event in events if event.code != PROMISE],
        origin=merged.origin,
        destination=merged.destination,
        service=merged.service,
        signed_by=merged.signed_by if private else None,
        synthetic=synthetic,
        sealed=sealed,
    )


def _told_once(events: Sequence[Event]) -> list[Event]:
    """Of a scan that was told with its code and without, what stands; see `marks.code_of`."""
    best: dict[int, Event] = {}
    for event in events:
        twin = best.get(event.fingerprint)
        if twin is None or twin.code < event.code:
            best[event.fingerprint] = event
    return list(best.values())


def _boxes(
    number: str, events: Sequence[Event], links: Sequence[Link]
) -> dict[int, tuple[list[str], list[Event]]]:
    """Box → (its numbers in the order of travel, its events)."""
    where = {link.number: link.box for link in links}
    boxes: dict[int, tuple[list[str], list[Event]]] = {}
    for link in sorted(links, key=lambda link: (link.box, link.position)):
        boxes.setdefault(link.box, ([], []))[0].append(link.number)
    if not boxes:
        boxes[1] = ([number], [])
    for event in events:
        boxes[where.get(event.body.number, min(boxes))][1].append(event)
    return boxes


def _leading(roads: dict[int, Road]) -> int:
    """The box that speaks for the shipment: trouble first, then the one that is furthest behind."""

    def rank(box: int) -> tuple[bool, int, int]:
        status = roads[box].shipment.status
        return (not status.trouble, status.step, box)

    return min(roads, key=rank)


def _taken_back(events: Sequence[Event]) -> dict[int, int]:
    """Retracted event → the event that retracts it."""
    references = {e.fingerprint: e.reference for e in events if e.reference is not None}
    marks = [mark_of(event) for event in events]
    valid = {mark.fingerprint for mark in standing(marks, references)}
    return {
        event.reference: event.fingerprint
        for event in events
        if event.reference is not None and event.code != PROMISE and event.fingerprint in valid
    }


def _legs(events: Sequence[Event], links: Sequence[Link], taken_back: dict[int, int]) -> list[Leg]:
    carriers = {link.number: link.carrier for link in links}
    box = {link.number: link.box for link in links}
    known: dict[str, str] = {}
    for event in events:
        if event.body.carrier:
            known.setdefault(event.body.number, event.body.carrier)
    groups: dict[tuple[str, str | None], list[Event]] = {}
    for event in events:
        if not is_status(event.code) or event.fingerprint in taken_back:
            continue
        number = event.body.number
        carrier = event.body.carrier or carriers.get(number) or known.get(number)
        groups.setdefault((number, carrier), []).append(event)
    for link in links:
        if not any(number == link.number for number, _ in groups):
            groups[link.number, link.carrier] = []
    legs = [_leg(key, found, box.get(key[0], 1)) for key, found in groups.items()]
    order = {link.number: link.position for link in links}
    return sorted(legs, key=lambda leg: (leg.parcel, order.get(leg.number, 0), _start(leg)))


def _start(leg: Leg) -> str:
    return leg.started_at or "~"


def _leg(key: tuple[str, str | None], events: Sequence[Event], box: int) -> Leg:
    marks = sorted((mark_of(event) for event in events), key=lambda mark: mark.order)
    status = BY_CODE[settle(marks).code]
    moving = [event for event in events if MAIN[event.code] not in _EARLY]
    return Leg(
        number=key[0],
        carrier=key[1],
        main=status.main,
        sub=status.sub,
        started_at=_time_text(moving[0]) if moving else None,
        ended_at=_time_text(moving[-1]) if moving and status.final else None,
        parcel=box,
    )


def _alerts(roads: Iterable[Road], now_s: int, policy: Policy) -> list[AlertView]:
    found: dict[str, Finding] = {}
    for road in roads:
        for name, finding in findings(road.shipment, now_s, policy).items():
            known = found.get(name)
            if known is None or finding.since_s < known.since_s:
                found[name] = finding
    order = {"critical": 0, "warning": 1, "info": 2}
    ranked = sorted(found.values(), key=lambda one: (order[one.severity], one.since_s, one.rule))
    return [
        AlertView(
            rule=one.rule,
            severity=one.severity,
            opened_at=to_text(one.since_s * 1_000_000, 0),
            detail=one.detail,
        )
        for one in ranked
    ]


def _arrival(events: Sequence[Event], facts: Facts, taken_back: dict[int, int]) -> Arrival | None:
    """The newest promise that still stands."""
    promises = [e for e in events if e.code == PROMISE and e.fingerprint not in taken_back]
    if not promises:
        return None
    newest = max(promises, key=lambda event: (event.at_us, event.fingerprint))
    body = newest.body
    assert body.estimated_to_us is not None
    offset = _offset_at(newest, facts)
    latest = to_datetime(body.estimated_to_us, offset)
    zone = zone_of(facts.destination) if facts.destination else None
    return Arrival(
        earliest=to_text(body.estimated_from_us, offset) if body.estimated_from_us else None,
        latest=to_text(body.estimated_to_us, offset),
        probability=None,
        source="merchant_promise" if body.source == "merchant" else "carrier_promise",
        date_only=(latest.hour, latest.minute) in {(0, 0), (23, 59)},
        zone=zone,
        stated_at=_time_text(newest),
    )


def _offset_at(event: Event, facts: Facts) -> int:
    zone = zone_of(facts.destination) if facts.destination else None
    told = event.body.estimated_to_us or 0
    if zone is None:
        return event.offset_min or 0
    offset = datetime.fromtimestamp(told // 1_000_000, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def _view(event: Event, taken_back: dict[int, int], private: bool) -> EventView:
    body = event.body
    status = BY_CODE.get(event.code, UNKNOWN)
    by = taken_back.get(event.fingerprint)
    reading = read(body.text, carrier=body.carrier) if body.text else Reading("unknown", None)
    return EventView(
        id=id_text(event.fingerprint),
        occurred_at=_time_text(event),
        time_quality=TimeQuality(event.quality).name,
        main=status.main,
        sub=status.sub,
        text=body.text if private or body.text is None else mask(body.text),
        place=as_place(body.place) or as_place(reading.place_city or reading.place),
        next_place=as_place(body.next_place) or as_place(reading.next_place),
        carrier=body.carrier,
        source=body.source,
        number=body.number,
        code=body.code,
        received_at=to_text(event.received_us, 0),
        retracted_by=id_text(by) if by is not None else None,
    )


def _time_text(event: Event) -> str:
    text = to_text(event.at_us, event.offset_min)
    return text[:10] if event.quality == TimeQuality.date_only else text


def _carrier(events: Sequence[Event], facts: Sequence[Facts], links: Sequence[Link]) -> str | None:
    """The carrier that has the shipment now: of the newest event on the road that names one."""
    moving = [e for e in events if is_status(e.code) and MAIN[e.code] not in _EARLY]
    newest = _first(event.body.carrier for event in reversed(moving))
    newest = newest or _first(event.body.carrier for event in events)
    return newest or _first(f.carrier for f in facts) or _first(link.carrier for link in links)


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _merged_facts(facts: Sequence[Facts]) -> Facts:
    """Field by field, the newest source that states it (facts come oldest first)."""
    merged: dict[str, object] = {"number": ""}
    for fact in facts:
        for name in fact.__struct_fields__:
            value = getattr(fact, name)
            if value not in (None, ()):
                merged[name] = value
    return Facts(**merged)  # type: ignore[arg-type]


def folded(events: Sequence[Event]) -> bytes:
    """The packed state of a set of events: what a shard must have come to as well."""
    return Road(events).state
