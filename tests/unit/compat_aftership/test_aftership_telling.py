"""What clients send, and the estimates that are made of own parcels only."""

from __future__ import annotations

from datetime import datetime

import pytest

from milepost.compat.aftership import lanes, listing, telling
from milepost.compat.aftership.answering import fault_of
from milepost.compat.aftership.cold import guessed
from milepost.compat.aftership.engaging import moment_of
from milepost.compat.aftership.faults import FaultError, faults
from milepost.compat.aftership.rates import Rates
from milepost.engine.journey import OverloadedError
from milepost.web.limits import Limiter
from milepost.web.problems import ProblemError


def test_known_fields_of_the_right_type() -> None:
    body = {
        "title": "x", "slug": " UPS ", "note": None, "shipment_direction": "null",
        "shipment_tags": ["a"], "unheard_of": 1, "delivery_type": "door_to_door",
    }  # fmt: skip

    assert telling.read(body, "2026-07", new=True) == {
        "title": "x", "slug": "ups", "note": None, "shipment_direction": None,
        "shipment_tags": ["a"], "delivery_type": "door_to_door",
    }  # fmt: skip
    assert "shipment_tags" not in telling.read(body, "2026-07", new=False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", 5),
        ("title", "x" * 2_001),
        ("custom_fields", []),
        ("custom_fields", {"a": "x" * 40_000}),
        ("customers", [1]),
        ("customers", [{}] * 101),
        ("shipment_tags", "a"),
        ("delivery_type", "by_owl"),
    ],
)
def test_wrong_types(field: str, value: object) -> None:
    with pytest.raises(FaultError) as fault:
        telling.read({field: value}, "2026-07", new=True)

    assert fault.value.code == 4008
    assert f"`{field}`" in fault.value.message
    assert telling.read({field: value}, "2024-07", new=True) == {}


def samples(*days: float, done: bool = True) -> list[lanes.Sample]:
    return [lanes.Sample(one, done) for one in days]


def test_estimates_need_parcels() -> None:
    pickup = datetime.fromisoformat("2030-03-01 10:00:00")
    few = lanes.estimate(samples(1, 2, 3, 4), pickup)
    enough = lanes.estimate(samples(2, 3, 3, 3, 8), pickup)
    many = lanes.estimate(samples(*([3] * 30), 9), pickup)

    assert few is None
    assert enough["estimated_delivery_date"] == "2030-03-04"
    assert enough["estimated_delivery_date_min"] == "2030-03-03"
    assert enough["estimated_delivery_date_max"] == "2030-03-09"
    assert (enough["confidence_code"], many["confidence_code"]) == (30002, 20001)


def test_promises_count_only_where_deliveries_are_too_few() -> None:
    pickup = datetime.fromisoformat("2030-03-01")
    promised = samples(9, 9, 9, 9, done=False)

    mixed = lanes.estimate(samples(2) + promised, pickup)
    plenty = lanes.estimate(samples(2, 2, 2, 2, 2) + promised, pickup)
    assert mixed["estimated_delivery_date"] == "2030-03-10"
    assert plenty["estimated_delivery_date"] == "2030-03-03"


def shop(at: str, cutoff: str | None, days: set[int], takes: float = 0) -> str:
    ordered = datetime.fromisoformat(at)
    return lanes.pickup_at(lanes.Pickup(ordered, cutoff, frozenset(days), takes)).date().isoformat()


def test_pickup() -> None:
    week = {1, 2, 3, 4, 5}

    assert shop("2030-03-01 09:00:00", "16:00:00", week) == "2030-03-01"  # a Friday
    assert shop("2030-03-01 17:00:00", "16:00:00", week) == "2030-03-04"
    assert shop("2030-03-01 17:00:00", "16:00:00", week, 2) == "2030-03-06"
    assert shop("2030-03-02 09:00:00", None, set(), 1) == "2030-03-03"


def test_cursors() -> None:
    assert listing.read_cursor(listing.write_cursor(81)) == 81
    assert listing.read_cursor("") is None
    for wrong in ("81", "YWZ0ZXI6eA", "%%", "ü"):
        with pytest.raises(FaultError):
            listing.read_cursor(wrong)


def test_times_of_clients() -> None:
    assert moment_of("2030-03-01T10:00:00 01:00", "x").utcoffset() is not None
    assert moment_of("2030-03-01 10:00:00", "x").tzinfo is None
    for wrong in ("soon", 5, None):
        with pytest.raises(FaultError):
            moment_of(wrong, "x")


def test_faults() -> None:
    assert {400 <= row.status < 600 for row in faults().values()} == {True}
    assert fault_of(OverloadedError()).status == 503
    assert fault_of(ConnectionError()).code == 503
    assert fault_of(ProblemError(413)).status == 413
    assert fault_of(ValueError("secret")).body()["meta"]["code"] == 500
    assert "secret" not in str(fault_of(ValueError("secret")).body())


def test_rates() -> None:
    now = [10.5]
    rates = Rates(Limiter(2, 2), lambda: now[0])
    calls = [rates.count(1) for _ in range(3)]

    assert [allowed for allowed, _ in calls] == [True, True, False]
    assert calls[0][1] == {
        "x-ratelimit-limit": "2", "x-ratelimit-remaining": "1", "x-ratelimit-reset": "11",
    }  # fmt: skip
    assert rates.count(2)[0]
    assert int(calls[2][1]["retry-after"]) == 1


def test_without_parcels_distance_and_calendars_say_something() -> None:
    pickup = datetime.fromisoformat("2030-03-01 10:00:00")
    shenzhen = {"country_region": "CHN", "city": "Shenzhen"}
    near = guessed("yto", shenzhen, {"country_region": "CHN", "city": "Guangzhou"}, pickup)
    far = guessed("yto", shenzhen, {"country_region": "GBR", "city": "London"}, pickup)
    vague = guessed("yto", {"country_region": "CHN"}, {"country_region": "GBR"}, pickup)

    day = "estimated_delivery_date"
    assert [one["confidence_code"] for one in (near, far, vague)] == [30002, 30002, 30004]
    assert "2030-03-01" <= near[f"{day}_min"] <= near[day] <= near[f"{day}_max"]
    assert near[day] < far[day]
