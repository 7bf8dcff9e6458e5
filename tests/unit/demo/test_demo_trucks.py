"""Trucks and declarations of the sample network."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
from network_samples import START, steps

from milepost.demo.trucks import EVERY, TRUCKS


def reports() -> list[list[dict[str, float | str]]]:
    found = [msgspec.json.decode(one.payload or b"") for one in steps() if one.report == "samples"]
    return [rows for rows in found if str(rows[0]["asset"]).startswith("truck:")]


def test_a_fleet_reports_all_through_the_demo_and_says_that_it_is_made_up() -> None:
    names = {str(row["asset"]) for rows in reports() for row in rows}

    assert 12 <= len(names) <= TRUCKS
    assert all(name.startswith("truck:demo-") for name in names)
    last = datetime.fromisoformat(str(reports()[-1][0]["at"]))
    assert timedelta(0) <= START + timedelta(days=6) - last < timedelta(hours=2)


def test_trucks_move_as_fast_as_they_say_and_stand_between() -> None:
    by_truck: dict[str, list[dict[str, float | str]]] = {}
    for rows in reports():
        for row in rows:
            by_truck.setdefault(str(row["asset"]), []).append(row)
    stood = 0
    for rows in by_truck.values():
        for one, other in pairwise(rows):
            apart = datetime.fromisoformat(str(other["at"])) - datetime.fromisoformat(
                str(one["at"])
            )
            stood += apart > EVERY
            assert abs(float(other["lat"]) - float(one["lat"])) < 0.3 * (apart / EVERY)
            assert 0 <= float(one["speed_kmh"]) < 90

    assert stood > len(by_truck)


def test_what_passes_a_border_is_declared() -> None:
    known = [one.registration for one in steps() if one.registration is not None]
    abroad = [one for one in known if one.category == "cross_border"]

    assert abroad
    assert all(one.goods and one.hs_code and one.packing for one in abroad)
    assert not any(one.goods for one in known if one.category != "cross_border")
