"""`POST /v1/scans` with containers: what was in what is durable with the answer."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from journey.running import Caller, Running, at, running, scan

pytest_plugins = ["pg"]


@pytest.fixture(scope="module")
def app(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(module_url, data=tmp_path_factory.mktemp("loading")) as found:
        yield found


@pytest.fixture
def me(app: Running) -> Caller:
    return app.caller()


def stretches(app: Running, me: Caller) -> set[tuple[str, str, Any, Any, str, Any]]:
    rows = app.sql(
        "SELECT child, parent, from_us, until_us, began, ended FROM containment WHERE tenant = $1",
        me.tenant,
    )
    return {tuple(row) for row in rows}


def us(hours: float) -> int:
    return int(datetime.fromisoformat(at(hours)).timestamp() * 1_000_000)


LOADED = [
    scan("SF1000200040001", 9, None, text="Loaded on vehicle", container="truck:T1"),
    scan("SF1000200040001", 5, None, text="Unloaded", container="truck:T1"),
    scan("SF1000200040001", 8, None, action="pack", container="bag:9"),
]


def expected() -> set[tuple[str, str, Any, Any, str, Any]]:
    return {
        ("parcel:SF1000200040001", "truck:T1", us(9), us(5), "stated", "stated"),
        ("parcel:SF1000200040001", "bag:9", us(8), None, "stated", None),
    }


def test_loading_and_unloading_open_and_close(app: Running, me: Caller) -> None:
    receipt = me.scan(*LOADED)

    assert receipt == {"accepted": 3, "duplicates": 0, "rejected": []}
    assert stretches(app, me) == expected()
    inside = me.get("/v1/assets/truck:T1/contents").json()
    assert "SF1000200040001" in json.dumps(inside)
    events = me.track("SF1000200040001")["events"]
    assert [one["sub"] for one in events][1] == "in_transit.moving"
    assert events[0]["measurements"]["container"] == "truck:T1"


def test_any_order_and_repetition_give_the_same(app: Running, me: Caller) -> None:
    for order in itertools.permutations(LOADED):
        for one in order:
            me.scan(one)

    assert stretches(app, me) == expected()
    assert me.scan(*LOADED)["duplicates"] == 3


def test_as_lines_with_a_bad_one_among_them(app: Running, me: Caller) -> None:
    lines = [
        scan("SF1000200040002", 4, "in_transit.moving", action="load", container="truck:T2"),
        scan("SF1000200040003", 4, "in_transit.moving", action="levitate", container="truck:T2"),
        {"number": 7},
        scan("SF1000200040004", 4, "in_transit.moving"),
        {"number": "bag:77", "occurred_at": at(3), "action": "load", "container": "truck:T2"},
        {"number": "SF1000200040005", "occurred_at": "2026-11-20T08:00:00", "action": "load",
         "container": "truck:T2"},
        scan("??", 4, "in_transit.moving", action="load", container="truck:T2"),
    ]  # fmt: skip
    body = "\n".join(json.dumps(one) for one in lines).encode()
    answer = me.post("/v1/scans", body, "application/x-ndjson").json()

    assert answer["accepted"] == 3
    assert [one["index"] for one in answer["rejected"]] == [1, 2, 5, 6]
    assert "levitate" in answer["rejected"][0]["error"]
    assert "offset" in answer["rejected"][2]["error"]
    found = {(child, parent) for child, parent, *_ in stretches(app, me)}
    assert found == {("parcel:SF1000200040002", "truck:T2"), ("bag:77", "truck:T2")}
    again = me.post("/v1/scans", body, "application/x-ndjson").json()
    assert (again["accepted"], again["duplicates"]) == (0, 3)


def test_a_local_time_counts_by_the_zone_of_its_place(app: Running, me: Caller) -> None:
    me.scan({"number": "SF1000200040006", "occurred_at": "2026-11-20T08:00:00", "carrier": "sf",
             "text": "快件已装车", "place": "杭州", "container": "truck:T3"})  # fmt: skip

    (one,) = stretches(app, me)
    assert one[:3] == ("parcel:SF1000200040006", "truck:T3", us(12))


def test_delivered_is_in_nothing_any_more_and_departed_was_seen_in_it(
    app: Running, me: Caller
) -> None:
    number = "SF1000200040007"
    me.scan(
        scan(number, 6, "in_transit.departed_facility", container="truck:T4"),
        scan(number, 3, "out_for_delivery", container="van:V1"),
        scan(number, 1, "delivered", container="van:V1"),
    )

    found = {(parent, began, until) for _, parent, _, until, began, _ in stretches(app, me)}
    assert found == {("truck:T4", "observed", us(3)), ("van:V1", "stated", us(1))}


def test_a_scan_elsewhere_infers_the_unload_that_nobody_scanned(me: Caller) -> None:
    """Whichever way the scan comes, and whichever comes first."""
    number, other = "SF1000200040077", "SF1000200040078"
    loads = [
        {"number": one, "parent": "truck:M", "action": "load", "at": at(9)}
        for one in (number, other)
    ]
    me.scan(scan(other, 1, "delivered"))
    assert me.post("/v1/devices/containment", loads).status_code == 202
    samples = [
        {"asset": "truck:M", "at": at(hours), "temperature_c": degrees}
        for hours, degrees in ((8, 4), (6, 5), (3, 30))
    ]
    assert me.post("/v1/devices/samples", samples).status_code == 202
    me.scan(scan(number, 5))

    span = {"since": at(10), "until": at(0)}
    inside = me.get("/v1/assets/truck:M/contents", params=span).json()["inside"]
    curve = me.get(f"/v1/track/{number}/telemetry", params={"kind": "temperature"}).json()
    (ride,) = [one for one in curve["assets"] if one["asset"] == "truck:M"]
    now = me.get("/v1/assets/truck:M/contents", params={"since": at(0.5)}).json()["inside"]

    shown = {one["child"]: (one["until"], one["ended"], one["confidence"]) for one in inside}
    assert shown == {
        f"parcel:{number}": (at(5), "inferred", 0.6), f"parcel:{other}": (at(1), "inferred", 0.6),
    }  # fmt: skip
    assert now == []
    assert (ride["until"], ride["confidence"]) == (at(5), 0.6)
    assert [one["value"] for one in curve["points"]] == [4, 5]


def test_a_body_that_is_no_batch(me: Caller) -> None:
    answer = me.post("/v1/scans", b'{"container": "truck:T1"')
    assert answer.status_code in (202, 400)
    assert not answer.json().get("accepted")
    assert me.post("/v1/scans", b'"container"').status_code == 400
