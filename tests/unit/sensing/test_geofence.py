"""Arrivals and departures, made up and on real tracks; distance to a planned path."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from milepost.sensing.geodesy import aside_m, distance_m
from milepost.sensing.geofence import FASTEST_M_S, Fence, Fix, visits, without_jumps
from shared import shared

MIN = 60_000_000
HUB = Fence("Hub", (300_000_000, 1_200_000_000), 200, 300, 180)


def track(*lons: float, every: int = MIN) -> list[Fix]:
    return [Fix(n * every, (300_000_000, round(lon * 1e7))) for n, lon in enumerate(lons)]


def found(*lons: float) -> list[tuple[int, int | None]]:
    stays = visits(track(*lons), [HUB])
    return [(v.arrived_us // MIN, None if v.departed_us is None else v.departed_us // MIN)
            for v in stays]  # fmt: skip


def test_arrival_and_departure() -> None:
    assert found(119.98, 119.99, 120, 120, 120, 120, 120.01) == [(2, 6)]
    assert found(119.99, 120, 120, 120, 120) == [(1, None)]


def test_passing_by_is_no_visit() -> None:
    assert found(119.98, 119.99, 120, 120.01, 120.02) == []
    assert visits(track(119.98, 120, every=60 * MIN), [HUB]) == []


def test_at_the_edge_it_does_not_come_and_go() -> None:
    inside, edge = 120.0015, 120.0028  # 145 m, 270 m
    assert found(120, inside, edge, inside, edge, inside, edge, 120.01) == [(0, 7)]


def test_a_jump_of_the_receiver_is_no_departure() -> None:
    assert found(120, 120, 121.5, 120, 120, 120, 120.01) == [(0, 6)]
    wrong_first = track(0, 120, 120, 120, 120)
    assert [fix.at_us for fix in without_jumps(wrong_first)][1:] == [MIN, 2 * MIN, 3 * MIN, 4 * MIN]


def test_distances() -> None:
    assert distance_m((0, 0), (0, 10_000_000)) == pytest.approx(111_195, rel=1e-3)
    path = [(300_000_000, 1_200_000_000), (300_000_000, 1_210_000_000)]
    assert aside_m((300_100_000, 1_205_000_000), path) == pytest.approx(1_112, rel=1e-2)
    assert aside_m((300_000_000, 1_199_900_000), path) == pytest.approx(963, rel=1e-2)
    assert aside_m((300_000_000, 1_205_000_000), path[:1]) > 48_000


def real_tracks() -> Iterator[list[Fix]]:
    """By tracker: taxis in a city, and city buses; both with the faults of real receivers."""
    by_name: dict[str, list[Fix]] = {}
    with gzip.open(shared("data/gps_track.csv.gz"), "rt") as file:
        for row in csv.DictReader(file, delimiter=";"):
            at = datetime.fromisoformat(row["t"])
            by_name.setdefault("t" + row["trajectory_id"], []).append(_fix(at, row["Y"], row["X"]))
    with gzip.open(shared("data/gps_bus.csv.gz"), "rt") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
            name = "b" + row["vehicle_id"]
            by_name.setdefault(name, []).append(_fix(at, row["latitude"], row["longitude"]))
    for fixes in by_name.values():
        yield sorted(set(fixes))


def _fix(at: datetime, lat: str, lon: str) -> Fix:
    return Fix(round(at.timestamp() * 1e6), (round(float(lat) * 1e7), round(float(lon) * 1e7)))


def test_real_tracks_lose_only_their_jumps() -> None:
    total = kept = 0
    for fixes in real_tracks():
        clean = without_jumps(fixes)
        total, kept = total + len(fixes), kept + len(clean)
        assert len(clean) >= 0.9 * len(fixes)
    assert total > 5_000
    assert kept > 0.98 * total


def test_real_stays_are_found_where_the_vehicle_rests() -> None:
    """A fence around any place where it stayed for three minutes gives a visit that covers them;
    visits never overlap, and no departure is within the fence.
    """
    stays = 0
    for fixes in real_tracks():
        clean = without_jumps(fixes)
        for rest in _rests(clean):
            fence = Fence("rest", rest[0].point, 150, 250, 180)
            results = visits(fixes, [fence])
            middle = (rest[0].at_us + rest[-1].at_us) // 2
            assert any(v.arrived_us <= middle <= (v.departed_us or v.seen_us) for v in results)
            for a, b in pairwise(results):
                assert a.departed_us is not None
                assert a.departed_us <= b.arrived_us
            stays += 1
    assert stays > 5


def _rests(fixes: list[Fix]) -> Iterator[list[Fix]]:
    """Stretches of three minutes and more within 80 m of their first fix, well recorded."""
    first = 0
    for index, fix in enumerate(fixes):
        apart = distance_m(fixes[first].point, fix.point) > 80
        silent = index > first and fix.at_us - fixes[index - 1].at_us > 10 * MIN
        if apart or silent:
            if fixes[index - 1].at_us - fixes[first].at_us >= 3 * MIN:
                yield fixes[first:index]
            first = index


def test_the_limit_of_speed_is_above_every_lorry() -> None:
    assert FASTEST_M_S * 3.6 > 200
