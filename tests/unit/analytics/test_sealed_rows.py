"""Rows of sealed roads made in SQL are those that are made of the events one by one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pyarrow as pa
from journeys import CN, DE, event, row

from milepost.analytics.duck import opened, records
from milepost.analytics.model import Hop
from milepost.analytics.sealed import facts_table, set_apart, write_rows
from milepost.analytics.table import KINDS
from milepost.domain.event import Event, key_of
from milepost.domain.place import Place
from milepost.domain.scan import Facts
from milepost.stores.history import History, SealedRow

_WEIGHTS = {
    "info_received.created": 2, "picked_up": 2, "in_transit.arrived_hub": 6, "promise": 2,
    "in_transit.departed_facility": 6, "exception.damaged": 1, "exception.delayed": 1,
    "attempt_failed": 1, "exception.refused": 1, "available_for_pickup": 1, "unknown": 1,
    "out_for_delivery": 3, "delivered": 1, "customs.processing": 0.2, "returning": 0.2,
    "expired": 0.1, "exception.lost": 0.1,
}  # fmt: skip
_PLACES = ["Shenzhen", "Berlin, DE", CN, DE, None, "", "nowhere at all",
           Place(name="Hub 7", city="Paris")]  # fmt: skip


def a_road(chance: Random, number: str) -> list[Event]:
    subs = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=chance.randint(1, 14))
    subs += ["delivered.signature"] if chance.random() < 0.7 else []
    found = []
    for sub in subs:
        last = sub == "delivered.signature"
        more = {"until_h": chance.randint(50, 90)} if sub == "promise" else {}
        found.append(
            event(
                number,
                60 if last else chance.randint(0, 100) / 2,
                sub,
                place=chance.choice(_PLACES),
                carrier=chance.choice(["sf", "sf", "zto", None]),
                text=chance.choice([None, "Arrived at Paris", "xx"]),
                quality=chance.choice([0, 0, 0, 0, 0, 1, 3, 4]),
                **more,
            )
        )
    return list({one.fingerprint: one for one in found}.values())


def test_both_ways_give_the_same_rows(tmp_path: Path) -> None:
    chance = Random(11)
    roads = {f"R{at}": a_road(chance, f"R{at}") for at in range(600)}
    facts = Facts(number="", service="express", weight_g=400, origin=CN,
                  destination=Place(city="Nowhere at all"))  # fmt: skip
    expected = {}
    for number, events in roads.items():
        told = {"service": "express", "weight_g": 400, "destination": facts.destination}
        expected[key_of(1, number)] = row(number, events, **told)
    History(tmp_path).seal(
        date(2026, 9, 1), [SealedRow(e, 1, 1, None) for events in roads.values() for e in events]
    )
    (part,) = (tmp_path / "parts").iterdir()
    targets = {kind: tmp_path / f"{kind}.parquet" for kind in KINDS}

    with opened(tmp_path) as duck:
        set_apart(duck, [part], pa.array([key_of(1, "R0")], pa.int64()))
        count, odd = write_rows(
            duck, part, targets, 1, lambda keys: facts_table((key, facts) for key in keys)
        )
        rows = {one["road"]: one for one in records(duck, f"FROM '{targets['journeys']}'")}
        hops = records(duck, f"FROM '{targets['hops']}' ORDER BY road, step")

    assert count == len(rows) > 100
    assert len(odd) + count == len(roads)
    assert key_of(1, "R0") in odd
    for key, found in rows.items():
        journey, moves = expected[key]
        assert {name: found[name] for name in journey.__struct_fields__} == msgspec.to_builtins(
            journey
        )
        mine = [{name: one[name] for name in Hop.__struct_fields__} for one in hops
                if one["road"] == key]  # fmt: skip
        assert mine == msgspec.to_builtins(moves)
