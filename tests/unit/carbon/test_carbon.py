"""Emissions: distances, factors, bounds, sums and points."""

from __future__ import annotations

import pytest

from milepost.carbon.distance import road_ratio, way_of
from milepost.carbon.estimate import carbon_of, leg_of
from milepost.carbon.factors import defra_2025, read_factors
from milepost.carbon.model import CannotEstimateError, Point, Stretch
from milepost.carbon.modes import Hop, mode_of
from milepost.carbon.sea import passages, sea_m
from milepost.carbon.sphere import great_circle_m
from milepost.carbon.totals import Emitted, points, totals

DEFRA = defra_2025()


def stretch(mode: str, start: str, end: str, **more: object) -> Stretch:
    given = {"weight_g": 1000, "origin": Point(code=start), "destination": Point(code=end)}
    return Stretch(mode=mode, **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "end", "nautical_miles"),
    # Sailing distances as distance tables print them, within a twentieth.
    [("CNSHA", "USLAX", 5_700), ("CNSHA", "NLRTM", 10_525), ("NLRTM", "USNYC", 3_400)],
)
def test_sea_lanes(start: str, end: str, nautical_miles: int) -> None:
    metres = way_of(stretch("sea", start, end)).metres / 1.15
    assert metres == pytest.approx(nautical_miles * 1852, rel=0.05)


def test_a_closed_passage_makes_the_way_longer() -> None:
    here, there = (1.26, 103.84), (51.9, 4.44)
    ice = frozenset({"northwest", "bering"})
    open_m, around_m = sea_m(here, there, ice), sea_m(here, there, ice | {"suez"})

    assert "suez" in passages()
    assert open_m
    assert around_m
    assert around_m > open_m * 1.3
    assert sea_m(there, here, ice) == open_m


def test_great_circles() -> None:
    assert great_circle_m(0, 0, 0, 180) == pytest.approx(20_015_115, abs=2)
    assert great_circle_m(0, 179, 0, -179) == pytest.approx(222_390, abs=50)


def test_roads_are_longer_by_country() -> None:
    assert (road_ratio("US"), road_ratio("NL"), road_ratio("XX")) == (1.20, 1.46, 1.36)
    berlin = Point(latitude=52.52, longitude=13.4, country="DE")
    hamburg = Point(latitude=53.55, longitude=10.0, country="DE")
    way = way_of(Stretch(mode="road", weight_g=1, origin=berlin, destination=hamburg))

    assert way.method == "road_factor"
    assert 280_000 < way.metres < 380_000


def test_one_leg_is_weight_times_distance_times_factor() -> None:
    leg = leg_of(Stretch(mode="rail", weight_g=2_000_000, distance_m=100_000), DEFRA)

    # 2 t over 100 km at 34.7 g
    assert leg.wtw_mg == 6_940_000
    assert leg.low_mg < leg.wtw_mg < leg.high_mg
    assert (leg.distance_method, leg.factor_mg_per_tkm) == ("given", 34_700)


def test_a_code_by_air_is_an_airport() -> None:
    by_air = leg_of(stretch("air", "CNSZX", "NLRTM"), DEFRA)
    assert (by_air.vehicle, by_air.distance_method) == ("long_haul", "great_circle")
    assert leg_of(stretch("air", "FRA", "LHR"), DEFRA).vehicle == "short_haul"


def test_assumptions_widen_the_bounds() -> None:
    plain = Stretch(mode="road", weight_g=1000, distance_m=100_000, vehicle="rigid")
    assumed = Stretch(
        mode="road", weight_g=1000, distance_m=100_000, vehicle="rigid", assumed=("weight",)
    )
    known, guessed = leg_of(plain, DEFRA), leg_of(assumed, DEFRA)

    assert (known.assumptions, guessed.assumptions) == ((), ("weight_assumed",))
    assert guessed.high_mg > known.high_mg
    assert guessed.low_mg < known.low_mg


def test_volume_counts_where_it_is_more() -> None:
    light = Stretch(mode="air", weight_g=1000, distance_m=10**6, volume_cm3=60_000)
    leg = leg_of(light, DEFRA)
    assert leg.weight_g == 10_020
    assert "weight_by_volume" in leg.assumptions


def test_cooling_and_vehicles() -> None:
    cold = Stretch(mode="road", weight_g=1000, distance_m=10**6, refrigerated=True)
    assert leg_of(cold, DEFRA).vehicle == "refrigerated"
    with pytest.raises(CannotEstimateError, match="only average"):
        leg_of(Stretch(mode="van", weight_g=1, distance_m=1, vehicle="donkey"), DEFRA)


def test_a_leg_that_cannot_be_reckoned_does_not_stop_the_others() -> None:
    found = carbon_of([stretch("sea", "XXXXX", "NLRTM"), stretch("air", "PVG", "LAX")], DEFRA)

    assert len(found.legs) == 1
    assert "XXXXX" in found.unknown[0]
    assert carbon_of([], DEFRA).wtw_g == 0


OWN = b"""
name = "Own fleet"
version = "2026-1"
empty_running_included = false
[[factor]]
mode = "road"
vehicle = "electric truck"
wtw_g_per_tkm = 40.0
low_g_per_tkm = 30.0
high_g_per_tkm = 60.0
"""


def test_a_set_from_a_file() -> None:
    own = read_factors(OWN, "own.toml")
    one = Stretch(mode="road", weight_g=10**6, distance_m=1000, empty_share=0.5)
    leg = leg_of(one, own)

    assert own.label == "Own fleet 2026-1"
    assert leg.wtw_mg == 54_000  # 40 g and 0.7 of it for half a kilometre empty
    assert (leg.low_mg, leg.high_mg) == (40_500, 81_000)
    table = b"mode,vehicle,wtw_g_per_tkm\nrail,train,12.5\n"
    assert read_factors(table, "rail-2027.csv").label == "rail 2027"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"name = 1", "a.toml"),
        (b"{", "a.json"),
        (b"mode,vehicle,wtw_g_per_tkm\nrocket,x,1\n", "a.csv"),
        (OWN.replace(b"30.0", b"50.0"), "a.toml"),
        (b"mode,vehicle,wtw_g_per_tkm\n", "a.csv"),
    ],
)
def test_what_is_no_set_is_refused(body: bytes, name: str) -> None:
    with pytest.raises(ValueError):
        read_factors(body, name)


def test_totals_by_tenant_and_month() -> None:
    one = carbon_of([stretch("air", "PVG", "LAX")], DEFRA)
    none = carbon_of([stretch("sea", "XXXXX", "NLRTM")], DEFRA)
    found = totals(
        [
            Emitted(tenant=2, month="2026-11", carbon=one),
            Emitted(tenant=1, month="2026-11", carbon=one),
            Emitted(tenant=1, month="2026-11", carbon=none),
            Emitted(tenant=1, month="2026-10", carbon=one),
        ]
    )

    assert [(one.tenant, one.month, one.shipments) for one in found] == [
        (1, "2026-10", 1), (1, "2026-11", 2), (2, "2026-11", 1),
    ]  # fmt: skip
    assert (found[1].incomplete, found[1].wtw_g) == (1, one.wtw_g)
    assert found[1].by_mode_g == {"air": one.wtw_g}


def test_points() -> None:
    assert points(500, [500, 12_000]) == 100
    assert points(500, [500, 950]) == 4
    assert points(500, [500]) == points(500, []) == 0


@pytest.mark.parametrize(
    ("origin", "destination", "km", "text", "service", "last", "mode", "assumed"),
    [
        ("CN", "DE", 9000, "Flight departed", None, False, "air", False),
        ("CN", "DE", 9000, "中欧班列已发车", None, False, "rail", False),
        ("CN", "US", 9000, "船舶离港", None, False, "sea", False),
        ("CN", "US", 9000, "In transit", "Ocean economy", False, "sea", False),
        ("CN", "US", 9000, "In transit", None, False, "air", True),
        ("DE", "FR", 500, "In transit", None, False, "road", True),
        ("DE", "FR", 500, "Arrived at fairground", None, False, "road", True),
        ("JP", "KR", 900, "In transit", None, False, "air", True),
        ("CN", "CN", 20, "派件中", None, True, "van", True),
        ("CN", "CN", 40, "Left airport hub", None, False, "road", True),
    ],
)
def test_modes(
    origin: str, destination: str, km: int, text: str, service: str | None, last: bool,
    mode: str, assumed: bool,
) -> None:  # fmt: skip
    hop = Hop(origin, destination, km * 1000, (text,), service, last)
    assert mode_of(hop) == (mode, assumed)
