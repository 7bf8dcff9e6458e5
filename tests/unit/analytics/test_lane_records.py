"""Lanes' records for recommendations, and what is usual for rules."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from journeys import CN, DE, Bench, event, road

from milepost.analytics.records import Lanes
from milepost.domain.place import Place

MUNICH = Place(city="Munich", country="DE")


def lane(number: str, hours: float, **more: Any) -> Any:
    held = [
        event(number, 10, "customs.processing", place=DE),
        event(number, 14 + hours / 10, "customs.released", place=DE),
    ]
    return road(number, hours, more=held, promised_h=50, **more)


def lanes(folder: Path) -> Lanes:
    rows = [lane(f"B{at}", 40 + at % 20, service="express") for at in range(40)]
    rows += [lane(f"M{at}", 80 + at % 20, destination=MUNICH, service="slow") for at in range(5)]
    rows += [lane(f"Z{at}", 30, carrier="zto") for at in range(3)]
    return Lanes(Bench(folder, rows).reports)


async def record(of: Lanes, destination: Place, service: str = "express", **more: Any) -> Any:
    given = {"carrier": "sf", "category": None, "tenant": 1} | more
    tenant = given.pop("tenant")
    return await of.lane_record(
        tenant, service=service, origin=CN, destination=destination, **given
    )  # fmt: skip


def test_the_nearest_level_that_has_enough(tmp_path: Path) -> None:
    of = lanes(tmp_path)

    async def ask() -> list[Any]:
        return [
            await record(of, DE),
            await record(of, MUNICH, "slow"),
            await record(of, DE, carrier="zto"),
            await record(of, Place(country="JP")),
            await record(of, DE, carrier="dhl"),
            await record(of, DE, tenant=2),
            await record(of, Place(name="nowhere at all")),
        ]

    berlin, munich, few, *nothing = asyncio.run(ask())

    assert (berlin.level, berlin.samples) == ("city", 40)
    assert berlin.p50_h == 49
    assert berlin.p90_h == 57
    assert (munich.level, munich.samples) == ("country", 45)
    assert few.samples == 3
    assert berlin.kept_pm == 550
    assert (berlin.damaged_pm, berlin.customs_held_pm) == (0, 0)
    assert nothing == [None] * 4


def test_the_usual_of_a_lane(tmp_path: Path) -> None:
    of = lanes(tmp_path)

    async def ask() -> list[Any]:
        known = of.known_usual(1, carrier="sf", origin=CN, destination=DE)
        mine = await of.lane_usual(1, carrier="sf", origin=CN, destination=DE)
        return [
            known,
            mine,
            await of.lane_usual(1, carrier="dhl", origin=CN, destination=DE),
            of.known_usual(1, carrier="sf", origin=CN, destination=DE),
        ]

    before, mine, all_of_them, after = asyncio.run(ask())

    assert before is None
    assert mine.of_carrier
    assert mine.customs.samples == 40
    assert 8 <= mine.customs.p50_h < mine.customs.p90_h <= 10
    assert not all_of_them.of_carrier
    assert all_of_them.transit.samples == 43
    assert after == mine


def test_a_short_record_is_no_certainty(tmp_path: Path) -> None:
    """One shipment's P90 is not its P50; the fewer there are, the more speak the others."""
    rows = [lane(f"B{at}", 40 + at % 20, service="express") for at in range(40)]
    of = Lanes(Bench(tmp_path / "many", [*rows, lane("Z1", 90, carrier="zto")]).reports)
    alone = Lanes(Bench(tmp_path / "one", [lane("Z1", 90, carrier="zto")]).reports)

    async def ask() -> list[Any]:
        return [await record(one, DE, carrier="zto") for one in (of, alone)]

    beside, by_itself = asyncio.run(ask())

    assert beside.samples == by_itself.samples == 1
    assert 49 < beside.p50_h < 90
    assert beside.p90_h >= beside.p50_h * 1.15
    assert by_itself.p50_h == pytest.approx(90, rel=0.05)
    assert by_itself.p90_h == pytest.approx(by_itself.p50_h * 1.8, rel=0.05)
