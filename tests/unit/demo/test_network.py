from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from network_samples import START, steps, truth

from milepost.demo.network import network, shipments_of
from milepost.demo.placing import Span, phase_of
from milepost.domain.status import STATUSES


def test_same_seed_and_start_give_the_same_steps() -> None:
    again = network(seed=7, start=START)

    assert msgspec.json.encode(again) == msgspec.json.encode(steps())


def test_another_seed_gives_another_network() -> None:
    assert network(seed=8, start=START, shipments=20) != network(seed=7, start=START, shipments=20)


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        network(seed=1, start=START.replace(tzinfo=None), shipments=1)


@pytest.mark.parametrize("shipments", [0, 1, 6, 7, 40])
def test_small_networks_have_as_many_registrations_as_asked(shipments: int) -> None:
    found = network(seed=3, start=START, shipments=shipments, days=30)

    assert shipments == sum(step.registration is not None for step in found)


def test_steps_are_in_order_and_each_says_something() -> None:
    assert all(one.at <= two.at for one, two in pairwise(steps()))
    assert all(step.at.tzinfo is not None for step in steps())
    assert all(
        (step.registration is not None) + bool(step.scans) + (step.payload is not None) == 1
        for step in steps()
    )


def test_history_and_live_play_have_their_bounds() -> None:
    assert steps()[0].at > START - timedelta(days=8, hours=1)
    assert steps()[-1].at <= START + timedelta(days=6)
    assert 0.5 < sum(step.at <= START for step in steps()) / len(steps()) < 0.85


def test_about_four_thousand_events() -> None:
    events = sum(
        event.at <= START + timedelta(days=6)
        for shipment in truth()
        for parcel in shipment.parcels
        for event in parcel.events
    )

    assert 3_500 < events < 5_000


@pytest.mark.parametrize("hour", [0, 5, 11, 17, 22])
def test_the_list_begins_with_a_lively_spread(hour: int) -> None:
    start = datetime(2026, 7, 3, hour, 15, tzinfo=UTC)
    drawn = shipments_of(seed=hour, span=Span(start, 6, 8), shipments=300)
    roads = [[e for e in shipment.parcels[0].events if e.at <= start] for shipment in drawn]
    known = Counter(phase_of(road[-1]) for road in roads if road)
    shares = {phase: count / known.total() for phase, count in known.items()}

    assert known.total() >= 280
    assert 0.30 < shares["moving"] < 0.42
    assert 0.08 < shares["out"] < 0.13
    assert 0.04 < shares["waiting"] < 0.09
    assert 0.08 < shares["trouble"] < 0.13
    assert 0.24 < shares["done"] < 0.33
    assert 0.005 < shares["back"] < 0.04


def test_every_market_and_most_troubles_are_there() -> None:
    subs = Counter(event.sub for s in truth() for p in s.parcels for event in p.events)
    markets = Counter(shipment.lane.market for shipment in truth())
    troubles = {sub for sub in subs if STATUSES[sub].trouble}

    assert min(markets[market] for market in ("cn", "us", "eu", "export")) > 25
    assert len(troubles) >= 14
    assert {"customs.payment_required", "attempt_failed.bad_address", "returning"} <= troubles


def test_what_truly_happens_is_in_order_of_time() -> None:
    for shipment in truth():
        for parcel in shipment.parcels:
            assert all(one.at < two.at for one, two in pairwise(parcel.events))
            assert all(one.leg <= two.leg for one, two in pairwise(parcel.events))


def test_nobody_is_called_out_at_night() -> None:
    working = [
        event.stop.city.local(event.at).hour
        for shipment in truth()
        for parcel in shipment.parcels
        for event in parcel.events
        if event.sub in {"out_for_delivery", "attempt_failed.no_contact", "delivered.recipient"}
    ]
    night = sum(hour < 6 or hour > 21 for hour in working)

    assert night < 0.03 * len(working)


def test_codes_are_known_subs_or_promises() -> None:
    codes = {scan.code for step in steps() for scan in step.scans}

    assert codes - {None, "promise"} <= set(STATUSES)
    assert None in codes
    assert "promise" in codes


def test_every_scan_says_what_happened() -> None:
    for scan in (scan for step in steps() for scan in step.scans):
        assert scan.code or scan.text
        assert scan.code_set is None
        if scan.code == "promise":
            assert scan.estimated_from is not None
            assert scan.estimated_to is not None
            assert scan.estimated_from < scan.estimated_to


def test_local_times_come_with_a_city() -> None:
    naive = [s for step in steps() for s in step.scans if s.occurred_at.tzinfo is None]

    assert 0.03 < len(naive) / sum(len(step.scans) for step in steps()) < 0.25
    assert all(getattr(scan.place, "city", None) for scan in naive)


def test_nothing_is_known_before_it_happened() -> None:
    for step in steps():
        for scan in step.scans:
            if scan.occurred_at.tzinfo is not None:
                assert scan.occurred_at <= step.at


def test_some_scans_come_twice_late_or_overtaken() -> None:
    seen: Counter[bytes] = Counter()
    late = 0
    overtaken = 0
    newest: dict[str, datetime] = {}
    for step in steps():
        for scan in step.scans:
            seen[msgspec.json.encode(scan)] += 1
            if scan.occurred_at.tzinfo is None or scan.code == "promise":
                continue
            late += step.at - scan.occurred_at > timedelta(hours=2)
            overtaken += scan.occurred_at < newest.get(scan.number, scan.occurred_at)
            newest[scan.number] = max(scan.occurred_at, newest.get(scan.number, scan.occurred_at))

    assert sum(count > 1 for count in seen.values()) > 40
    assert late > 20
    assert overtaken > 40


def test_false_deliveries_are_taken_back() -> None:
    told: list[bytes] = []
    taken_back = 0
    for step in steps():
        if step.takes_back is not None:
            taken_back += 1
            assert msgspec.json.encode(step.takes_back) in told
            assert step.scans[0].number == step.takes_back.number
        told += [msgspec.json.encode(scan) for scan in step.scans]

    assert taken_back >= 5


def test_everything_is_marked_as_synthetic() -> None:
    registered = [step.registration for step in steps() if step.registration]

    assert len(registered) > 280
    assert all(registration.synthetic for registration in registered)
    assert all(re.fullmatch(r"DEMO-\d{6}", str(r.order_number)) for r in registered)


def test_phones_are_of_made_up_forms() -> None:
    texts = [scan.text or "" for step in steps() for scan in step.scans]
    phones = [phone for text in texts for phone in re.findall(r"1[3-9]\d{9}", text)]

    assert len(phones) > 100
    assert all(phone.endswith("00000000") for phone in phones)


def test_registrations_come_before_the_first_scan_and_have_all_numbers() -> None:
    registered: set[str] = set()
    for step in steps():
        if step.registration:
            for parcel in step.registration.parcels:
                registered |= {linked.number for linked in parcel.numbers}
        assert {scan.number for scan in step.scans} <= registered


def test_shipments_have_several_shapes() -> None:
    registered = [step.registration for step in steps() if step.registration]
    carriers = [
        {linked.carrier for parcel in r.parcels for linked in parcel.numbers} for r in registered
    ]

    assert sum(len(r.parcels) > 1 for r in registered) > 15
    assert any(len(r.parcels) > 1 and len(c) > 1 for r, c in zip(registered, carriers, strict=True))
    assert any(len(r.parcels[0].numbers) == 3 for r in registered)
    assert {r.category for r in registered} >= {"cold_chain", "bulky", "fragile", "cross_border"}


def test_cold_chain_has_temperatures() -> None:
    cold = {
        leg.number
        for shipment in truth()
        if shipment.lane.category == "cold_chain"
        for parcel in shipment.parcels
        for leg in parcel.lane.legs
    }
    measured = {
        scan.number
        for step in steps()
        for scan in step.scans
        if "temperature_c" in (scan.measurements or {})
    }

    assert measured
    assert measured <= cold
