"""A box's row is a function of its events, in whatever order they come."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journeys import CN, DE, HOUR, START_S, event, road, row

from milepost.analytics.model import Stay
from milepost.domain.place import Place
from milepost.domain.status import SUB_CODE

HUB = Place(name="Leipzig Hub", city="Leipzig", country="DE")
ROAD = [
    event("A1", -5, "promise", until_h=90),
    event("A1", -4, "info_received.created"),
    event("A1", 0, "picked_up", place=CN),
    event("A1", 3, "in_transit.departed_facility", place=CN),
    event("A1", 30, "customs.processing", place=DE),
    event("A1", 36, "customs.info_required", place=DE),
    event("A1", 50, "customs.released", place=DE),
    event("A1", 55, "in_transit.arrived_hub", place=HUB),
    event("A1", 61, "in_transit.departed_facility", place=HUB),
    event("A1", 70, "out_for_delivery", place=Place(name="Berlin 4", city="Berlin", country="DE")),
    event("A1", 72, "attempt_failed.no_contact", place=DE),
    event("A1", 96, "delivered", place=DE),
    event("A1", 97, "promise", until_h=300),
]


def at(hours: float) -> int:
    return START_S + round(hours * HOUR)


def test_what_a_row_says() -> None:
    found, hops = row("A1", ROAD, origin=None, destination=None, weight_g=700, goods="tea")

    assert (found.started_s, found.delivered_s) == (at(0), at(96))
    assert (found.promise_s, found.first_promise_s) == (at(90), at(90))
    assert (found.origin_country, found.destination_city) == ("CN", "Berlin")
    assert found.customs == [Stay("DE", at(30), at(50), True)]
    assert (found.attempts, found.first_attempt, found.over) == (1, False, True)
    assert found.troubles == [
        SUB_CODE["customs.info_required"],
        SUB_CODE["attempt_failed.no_contact"],
    ]
    assert (found.weight_g, found.goods, found.carrier) == (700, "tea", "sf")
    assert [hop.facility for hop in hops] == ["Shenzhen", "Berlin", "Leipzig Hub", "Berlin 4"]
    assert (hops[2].departed_s - hops[2].arrived_s, hops[2].scans) == (6 * HOUR, 2)
    assert hops[2].next_arrived_s == at(70)
    assert hops[3].next_facility is None


@given(st.permutations(ROAD))
@settings(max_examples=25)
def test_in_any_order_the_same_row(events: list[object]) -> None:
    assert row("A1", events) == row("A1", ROAD)  # type: ignore[arg-type]


def test_stays_in_two_countries_and_one_that_goes_on() -> None:
    found, _ = row(
        "A2",
        [
            event("A2", 0, "picked_up", place=CN),
            event("A2", 5, "customs.processing", place=CN),
            event("A2", 9, "in_transit.departed_country", place=CN),
            event("A2", 40, "customs.processing", place=DE),
            event("A2", 44, "in_transit.moving", place=DE),
            event("A2", 45, "customs.payment_required", place=DE),
        ],
    )

    assert found.customs == [
        Stay("CN", at(5), at(9), False),
        Stay("DE", at(40), None, True),
    ]
    assert not found.over


def test_a_bare_release_is_no_stay_of_no_time() -> None:
    found, _ = row(
        "A3", [event("A3", 0, "picked_up"), event("A3", 9, "customs.released", place=DE)]
    )

    assert found.customs == [Stay("DE", None, at(9), False)]


def test_what_is_retracted_does_not_count() -> None:
    first = event("A4", 40, "delivered")
    taken_back = event("A4", 41, "in_transit.moving", retracts=first.fingerprint)
    found, _ = row("A4", [event("A4", 0, "picked_up"), first, taken_back])

    assert found.delivered_s is None
    assert found.first_attempt is None


@pytest.mark.parametrize(
    ("end", "field"),
    [("returned", "sent_back"), ("exception.lost", "lost"), ("exception.cancelled", "cancelled")],
)
def test_other_ends(end: str, field: str) -> None:
    found, _ = road("A5", 50, end=end)

    assert found.over
    assert found.delivered_s is None
    assert getattr(found, field)


def test_hours_of_a_clock_without_a_zone_make_no_hops() -> None:
    found, hops = row("A6", [event("A6", 0, "picked_up", place=CN, quality=3),
                             event("A6", 9, "delivered", place=DE)])  # fmt: skip

    assert found.rough
    assert hops == []


def test_one_event_is_a_row_too() -> None:
    found, hops = row("A7", [event("A7", 0, "unknown")], origin=None, destination=None)

    assert (found.started_s, found.carrier, found.origin_country) == (None, "sf", None)
    assert hops == []
