"""Rows made of roads that somebody else has read: the same as one's own, or none."""

from __future__ import annotations

from datetime import date

from milepost.analytics.journey import Box, journey_of
from milepost.analytics.prepared import Prepared
from milepost.analytics.reading import Line
from milepost.domain.event import Event, EventBody
from milepost.domain.scan import Facts
from milepost.domain.status import SUB_CODE
from milepost.engine.rows import Link
from milepost.engine.unfold import folded, whole_of

ROAD, START_S = 77, 1_790_000_000
FACTS = Facts(number="SF1", carrier="sf", service="express", weight_g=900)


def event(sub: str, hours: int, carrier: str | None = "sf") -> Event:
    body = EventBody(number="SF1", source="test", carrier=carrier, place="Berlin")
    at_us = (START_S + 3600 * hours) * 1_000_000
    return Event(ROAD, hours, at_us, 60, 0, SUB_CODE[sub], at_us, None, body)


def road(carrier: str | None = "sf") -> list[Event]:
    steps = (("picked_up", 1), ("in_transit.arrived_hub", 9), ("delivered", 30))
    return [event(sub, hours, carrier) for sub, hours in steps]


def line(events: list[Event], number: str = "SF1") -> Line:
    state = folded(events)
    return Line(ROAD, 1, number, "list", state[1], 5, date(2026, 9, 1), state)


def test_it_is_the_row_that_the_journal_gives() -> None:
    prepared = Prepared()
    whole = whole_of(road(), [FACTS])
    prepared.put(1, ROAD, "SF1", whole)
    events = {one.fingerprint: one for one in whole.events}
    own = journey_of(
        Box(1, ROAD, ROAD, "SF1", 1, "list", whole.shipment, whole.shipment.marks, events, FACTS)
    )
    assert prepared.take(line(road())) == own
    assert prepared.take(line(road())) is None  # each is used once


def test_a_road_that_has_gone_on_has_none() -> None:
    prepared = Prepared()
    prepared.put(1, ROAD, "SF1", whole_of(road(), []))
    assert prepared.take(line([*road(), event("returning", 40)])) is None


def test_nor_has_one_that_is_not_over_or_whose_carrier_only_the_list_knows() -> None:
    prepared = Prepared()
    prepared.put(1, ROAD, "SF1", whole_of(road()[:2], []))
    assert prepared.take(line(road()[:2])) is None
    prepared.put(1, ROAD, "SF1", whole_of(road(carrier=None), []))
    assert prepared.take(line(road(carrier=None))) is None


def test_a_number_that_has_found_its_shipment_meanwhile() -> None:
    links: dict[int, Link] = {}
    prepared = Prepared(links.get)
    prepared.put(1, ROAD, "SF1", whole_of(road(), []))
    links[ROAD] = Link(1, "SF1", ROAD, ROAD, 5, "sf", 2, 0)
    assert prepared.take(line(road())) is None
    prepared.put(1, ROAD, "SF1", whole_of(road(), []))
    taken = prepared.take(line(road()))
    assert taken is not None
    assert (taken[0].shipment, taken[0].box) == (5, 2)


def test_facts_that_have_come_since_are_not_missed() -> None:
    awaited: set[int] = set()
    prepared = Prepared(awaits=awaited.__contains__)
    prepared.put(1, ROAD, "SF1", whole_of(road(), []))
    prepared.drop(ROAD)
    assert prepared.take(line(road())) is None
    prepared.put(1, ROAD, "SF1", whole_of(road(), []))
    prepared.clear()
    assert prepared.take(line(road())) is None

    awaited.add(ROAD)  # it is being read, perhaps from before they came
    prepared.drop(ROAD)
    prepared.put(1, ROAD, "SF1", whole_of(road(), []))
    assert prepared.take(line(road())) is None
    prepared.put(1, ROAD, "SF1", whole_of(road(), [FACTS]))
    assert prepared.take(line(road())) is not None


def test_there_is_a_limit() -> None:
    prepared = Prepared(most=1)
    prepared.put(1, 1, "SF1", whole_of(road(), []))
    prepared.put(1, ROAD, "SF1", whole_of(road(), []))
    assert prepared.take(line(road())._replace(id=1)) is None
    assert prepared.take(line(road())) is not None
