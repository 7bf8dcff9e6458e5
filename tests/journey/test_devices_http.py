"""Devices over HTTP: samples, scans, tags in; curves, positions and alerts out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from journey.running import NOW, Caller, Running, at, running, scan
from milepost.wiring.features.sensing import SensingFeature
from patience import until

pytest_plugins = ["pg"]


@pytest.fixture
def clock() -> Callable[[float], str]:
    def minutes(value: float) -> str:
        """So many minutes after 10 hours before now."""
        return (NOW - timedelta(hours=10) + timedelta(minutes=value)).isoformat()

    return minutes


def take(me: Caller, kind: str, body: Any) -> dict[str, Any]:
    answer = me.post(f"/v1/devices/{kind}", body)
    assert answer.status_code == 202, answer.text
    return answer.json()


def alerts(app: Running, number: str) -> list[tuple[str, Any, Any]]:
    rows = app.sql(
        "SELECT rule, opened_s, cleared_s FROM alert WHERE number = $1 ORDER BY opened_s", number
    )
    return [tuple(row) for row in rows]


def sensing(app: Running) -> Any:
    return next(one for one in app.milepost.features if isinstance(one, SensingFeature))


def settled(app: Running) -> None:
    feature = next(
        one for one in app.milepost.features if hasattr(getattr(one, "judge", None), "round")
    )
    app.call(feature.judge.round)


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def cold(me: Caller, number: str) -> None:
    """A parcel of chilled goods under way."""
    me.scan(scan(number, 11, "picked_up"))
    answer = me.client.put(
        f"/v1/track/{number}/limits",
        content=json.dumps({"temperature_low_mc": 2000, "temperature_high_mc": 8000}).encode(),
        headers=me.headers,
    )
    assert answer.status_code == 200, answer.text


def temperatures(asset: str, clock: Any, *values: float, every: float = 5) -> list[dict[str, Any]]:
    return [
        {"asset": asset, "at": clock(every * n), "temperature_c": value}
        for n, value in enumerate(values)
    ]


def test_a_curve_is_read_through_containment(app: Running, me: Caller, clock: Any) -> None:
    me.scan(scan("CT1000001", 11, "picked_up"))
    take(me, "scans", [
        {"number": "CT1000001", "occurred_at": clock(0), "action": "bag", "asset": "bag:9"},
        {"number": "bag:9", "occurred_at": clock(10), "action": "load", "asset": "truck:7"},
        {"number": "bag:9", "occurred_at": clock(60), "action": "unload", "asset": "truck:7"},
    ])  # fmt: skip
    done = take(me, "samples", temperatures("truck:7", clock, *range(20)))
    assert (done["accepted"], done["duplicates"]) == (20, 0)

    track = me.track("CT1000001")
    answer = me.get(f"/v1/shipments/{track['shipment']}/telemetry?kind=temperature&points=300")
    assert answer.status_code == 200, answer.text
    curve = answer.json()
    assert [one["value"] for one in curve["points"]] == list(range(2, 13))
    assert curve["points"][0]["at"] == clock(10)
    assert {one["asset"] for one in curve["assets"]} >= {"bag:9", "truck:7"}
    assert 2 < curve["mean_kinetic"] < 13
    assert me.get("/v1/track/CT1000001/position").status_code == 404

    take(me, "samples", [
        {"asset": "truck:7", "at": clock(15), "lat": 30.25, "lon": 120.5, "speed_kmh": 36},
        {"asset": "truck:7", "at": clock(90), "lat": 31.0, "lon": 121.0},
    ])  # fmt: skip
    position = me.get("/v1/track/CT1000001/position").json()
    assert (position["lat"], position["lon"], position["asset"]) == (30.25, 120.5, "truck:7")
    assert position["speed_m_s"] == 10
    way = me.get("/v1/track/CT1000001/telemetry?kind=position").json()
    assert [(one["lat"], one["lon"]) for one in way["points"]] == [(30.25, 120.5)]


def test_an_excursion_opens_and_clears_on_event_time(app: Running, me: Caller, clock: Any) -> None:
    cold(me, "CT2000001")
    take(me, "containment", [
        {"number": "CT2000001", "parent": "bag:21", "action": "add", "at": clock(0)},
        {"child": "bag:21", "parent": "truck:21", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    take(me, "samples", temperatures("truck:21", clock, 5, 5, 9, 9.5, 9))
    settled(app)
    assert alerts(app, "CT2000001") == [("temperature_excursion", seconds(clock(20)), None)]
    found = me.track("CT2000001")["alerts"]
    assert [one["rule"] for one in found] == ["temperature_excursion"]

    # Just inside the limit is not over yet; well inside is.
    take(me, "samples", [{"asset": "truck:21", "at": clock(25), "temperature_c": 7.8}])
    settled(app)
    assert alerts(app, "CT2000001")[0][2] is None
    take(me, "samples", [{"asset": "truck:21", "at": clock(30), "temperature_c": 6}])
    settled(app)
    expected = [("temperature_excursion", seconds(clock(20)), seconds(clock(30)))]
    assert alerts(app, "CT2000001") == expected
    assert me.track("CT2000001")["alerts"] == []

    # The engine's own rules look at the shipment again, and leave it alone.
    me.scan(scan("CT2000001", 5, "in_transit.arrived_hub"))
    settled(app)
    assert alerts(app, "CT2000001") == expected


def test_late_samples_and_late_loading_change_the_record(
    app: Running, me: Caller, clock: Any
) -> None:
    cold(me, "CT3000001")
    take(me, "samples", temperatures("truck:31", clock, 5, 12, 12, 12, 12, 5, 5, 5))
    settled(app)
    assert alerts(app, "CT3000001") == []

    take(me, "scans", [
        {"number": "CT3000001", "occurred_at": clock(0), "action": "load", "asset": "truck:31"}
    ])  # fmt: skip
    settled(app)
    settled(app)
    assert alerts(app, "CT3000001") == [
        ("temperature_excursion", seconds(clock(15)), seconds(clock(25)))
    ]


def test_the_engines_own_alerts_and_ours_live_side_by_side(
    app: Running, me: Caller, clock: Any
) -> None:
    cold(me, "CT4000001")
    take(me, "containment", [
        {"number": "CT4000001", "parent": "truck:41", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    take(me, "samples", temperatures("truck:41", clock, 20, 20, 20, 20))
    settled(app)
    me.scan(scan("CT4000001", 2, "exception.damaged"))
    me.scan(scan("CT4000001", 1, "in_transit.arrived_hub"))
    settled(app)
    open_ones = {rule for rule, _, cleared in alerts(app, "CT4000001") if cleared is None}
    assert "temperature_excursion" in open_ones


def test_a_throw_in_a_burst_is_an_alert_until_hand_over(
    app: Running, me: Caller, clock: Any
) -> None:
    me.register({"number": "CT5000001", "carrier": "sf", "categories": ["fragile"]})
    me.scan(scan("CT5000001", 11, "picked_up"))
    take(me, "containment", [
        {"child": "sensor:5", "parent": "parcel:CT5000001", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    rest, fall, hit = [1000] * 100, [40] * 45, [2600, 3400, 1900]
    z = rest + fall + hit + rest
    burst = {"rate_hz": 100, "x": [0] * len(z), "y": [0] * len(z), "z": z}
    body = [{"device": "5", "at": clock(30), "burst": burst}]
    assert take(me, "samples", body)["accepted"] == 1
    assert take(me, "samples", body)["duplicates"] == 1
    settled(app)
    assert [(rule, cleared) for rule, _, cleared in alerts(app, "CT5000001")] == [("shock", None)]

    me.scan(scan("CT5000001", 1, "delivered"))
    settled(app)
    assert alerts(app, "CT5000001")[0][2] == seconds(at(1))


@pytest.mark.parametrize(
    ("unit", "factor", "gravity"),
    [
        ("mg", 1.0, True),
        ("g", 0.001, True),
        ("m_s2", 0.00980665, True),
        ("m_s2", 0.00980665, False),
    ],
)
def test_a_burst_may_come_in_any_unit(
    me: Caller, clock: Any, unit: str, factor: float, gravity: bool
) -> None:
    rest, fall = ([1000], [40]) if gravity else ([0], [-960])
    z = [value * factor for value in rest * 100 + fall * 45 + [2600, 3400, 1900] + rest * 100]
    still = [0.0] * len(z)
    burst = {"rate_hz": 100, "x": still, "y": still, "z": z, "unit": unit, "gravity": gravity}

    done = take(me, "samples", [{"asset": "sensor:u", "at": clock(30), "burst": burst}])

    assert (done["accepted"], done["rejected"]) == (1, [])


def test_a_limit_with_a_name_that_is_none_is_refused(me: Caller) -> None:
    path = "/v1/track/CT5000009/limits"
    answer = me.client.put(path, json={"temperature_max_c": 8}, headers=me.headers)

    assert answer.status_code in (400, 422)
    assert "temperature_max_c" in answer.text


def test_a_throw_that_lies_across_bursts_is_one(app: Running, me: Caller, clock: Any) -> None:
    """A second each, as devices send them; the fall is cut in two, and the bounce stands alone."""
    rest, fall, hit = [1000] * 60, [40] * 50, [2600, 3400, 1900]
    z = rest + fall + hit + [1000] * 10 + [60] * 20 + [2500] + rest
    begin = datetime.fromisoformat(clock(30))
    bodies = []
    for first in range(0, len(z), 40):
        part = z[first : first + 40]
        burst = {"rate_hz": 100, "x": [0] * len(part), "y": [0] * len(part), "z": part}
        when = begin + timedelta(milliseconds=10 * first)
        bodies.append([{"asset": "sensor:51", "at": when.isoformat(), "burst": burst}])

    taken = [take(me, "samples", body)["accepted"] for body in bodies]

    assert sum(taken) == 1
    assert [take(me, "samples", body)["accepted"] for body in bodies] == [0] * len(bodies)


def test_a_sensor_that_falls_silent(app: Running, me: Caller, clock: Any) -> None:
    cold(me, "CT6000001")
    headers = me.headers
    body = json.dumps({"silent_s": 3600}).encode()
    me.client.put("/v1/track/CT6000001/limits", content=body, headers=headers)
    take(me, "containment", [
        {"number": "CT6000001", "parent": "truck:61", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    take(me, "samples", temperatures("truck:61", clock, 5, 5))
    settled(app)
    assert alerts(app, "CT6000001") == [("sensor_silent", seconds(clock(65)), None)]

    buffered = [{"asset": "truck:61", "at": at(0.01), "temperature_c": 5}]
    take(me, "samples", buffered)
    settled(app)
    assert alerts(app, "CT6000001")[0][2] is not None


def test_silence_counts_from_the_first_value(app: Running, me: Caller, clock: Any) -> None:
    """The parcel was loaded, and looked at, before its truck's sensor said anything."""
    cold(me, "CT6200001")
    body = json.dumps({"silent_s": 3600}).encode()
    me.client.put("/v1/track/CT6200001/limits", content=body, headers=me.headers)
    take(me, "containment", [
        {"number": "CT6200001", "parent": "truck:62", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    settled(app)
    take(me, "samples", temperatures("truck:62", clock, 5, 5))
    settled(app)
    assert alerts(app, "CT6200001") == [("sensor_silent", seconds(clock(65)), None)]


def test_a_logger_that_was_not_silent_but_late(app: Running, me: Caller, clock: Any) -> None:
    """A parcel in a box with a logger: its values come in bundles, hours after they were taken."""
    cold(me, "CT6100001")
    limits = {"silent_s": 3600, "temperature_low_mc": 2000, "temperature_high_mc": 8000}
    me.client.put(
        "/v1/track/CT6100001/limits", content=json.dumps(limits).encode(), headers=me.headers
    )
    take(me, "containment", [
        {"number": "CT6100001", "parent": "sensor:611", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    take(me, "samples", temperatures("sensor:611", clock, *[5] * 24))
    settled(app)
    assert alerts(app, "CT6100001") == [("sensor_silent", seconds(clock(115 + 60)), None)]

    later = temperatures("sensor:611", clock, *[5] * 36, *[11] * 6, 5, 5)[24:]
    take(me, "samples", later)
    settled(app)
    rules = {rule for rule, *_ in alerts(app, "CT6100001")}
    assert rules == {"sensor_silent", "temperature_excursion"}
    take(me, "samples", [{"asset": "sensor:611", "at": at(0.01), "temperature_c": 5}])
    settled(app)
    assert all(ended is not None for *_, ended in alerts(app, "CT6100001"))


def test_an_alert_opens_by_itself(app: Running, me: Caller, clock: Any) -> None:
    cold(me, "CT7000001")
    take(me, "containment", [
        {"number": "CT7000001", "parent": "truck:71", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    time.sleep(0.5)
    take(me, "samples", temperatures("truck:71", clock, 20, 20, 20, 20))
    until(lambda: alerts(app, "CT7000001"))


def test_bad_items_lose_no_others(app: Running, me: Caller, clock: Any) -> None:
    done = take(me, "samples", [
        {"asset": "truck:81", "at": clock(0), "temperature_f": 50, "humidity_percent": 45.5},
        {"asset": "truck:81", "at": "2026-11-20T08:00:00", "temperature_c": 1},
        {"asset": "truck:81", "at": clock(1), "lat": 91, "lon": 0},
        {"asset": "truck:81", "at": clock(1)},
        {"at": clock(1), "temperature_c": 1},
        {"asset": 5},
        {"asset": "truck:81", "at": clock(2), "speed_knots": 10, "lat": 1.5, "lon": -2.25},
    ])  # fmt: skip
    assert done["accepted"] == 2
    assert [one["index"] for one in done["rejected"]] == [1, 2, 3, 4, 5]
    assert "offset" in done["rejected"][0]["error"]
    shown = me.get("/v1/assets/truck:81/positions").json()["positions"]
    assert shown == [
        {"at": clock(2), "lat": 1.5, "lon": -2.25, "valid": True, "speed_m_s": 5.144,
         "course_deg": None}
    ]  # fmt: skip
    kept = app.sql("SELECT count(*) FROM unread WHERE tenant = $1", me.tenant)[0][0]
    assert kept == 5
    assert me.post("/v1/devices/samples", b"nonsense").status_code == 400


def test_lines_of_samples(me: Caller, clock: Any) -> None:
    rows = temperatures("truck:91", clock, 1, 2, 3)
    body = b"\n".join(json.dumps(one).encode() for one in rows)
    answer = me.post("/v1/devices/samples", body, "application/x-ndjson")
    assert answer.json()["accepted"] == 3


def test_a_couriers_queue_with_a_wrong_clock_is_set_right(me: Caller, clock: Any) -> None:
    """The device's clock is an hour slow when it syncs."""
    slow = timedelta(hours=1)
    scans = [
        {"number": "CT8000001", "occurred_at": at(3), "action": "collect", "sequence": 1},
        {"number": "CT8000001", "occurred_at": at(2), "action": "deliver", "sequence": 2,
         "sign_off": {"signature": "sig-1", "identity": "verified"}, "picture": "pic-1"},
    ]  # fmt: skip
    batch = {"device": "pda-8", "level": "pda", "actor": "courier-3",
             "sent_at": (NOW - slow).isoformat(), "scans": scans}  # fmt: skip
    assert take(me, "scans", batch)["accepted"] == 2
    assert take(me, "scans", batch)["duplicates"] == 2

    events = me.track("CT8000001")["events"]
    assert [one["occurred_at"] for one in events] == [at(2), at(1)]
    assert [one["sub"] for one in events] == ["picked_up", "delivered"]


@pytest.mark.parametrize("device", ["pda-81", None])
def test_a_queue_that_is_sent_again_much_later_is_the_same_queue(
    app: Running, me: Caller, device: str | None
) -> None:
    """Its `sent_at` is that of the first time; nobody learns a new offset from it."""
    number = f"CT800009{1 if device else 2}"
    scans = [{"number": number, "occurred_at": at(3), "action": "collect", "sequence": 1}]
    batch = {"device": device, "sent_at": (NOW - timedelta(hours=1)).isoformat(), "scans": scans}
    batch = {name: value for name, value in batch.items() if value is not None}
    first = take(me, "scans", batch)
    app.clock.now += timedelta(minutes=20)
    try:
        again = take(me, "scans", batch)
        fresh = {
            **batch,
            "sent_at": (NOW - timedelta(minutes=40)).isoformat(),
            "scans": [{"number": number, "occurred_at": at(2), "action": "depart", "sequence": 2}],
        }
        take(me, "scans", fresh)
    finally:
        app.clock.now = NOW

    assert (first["accepted"], again["accepted"], again["duplicates"]) == (1, 0, 1)
    assert [one["occurred_at"] for one in me.track(number)["events"]] == [at(2), at(1)]


def test_evidence_is_named_once_however_it_is_given(me: Caller) -> None:
    """Bare, or with its kind in front as it was given out when the file came."""
    for given in ("7f3a", "photograph:7f3a"):
        scan = {"number": f"CT80{len(given)}", "occurred_at": at(1), "action": "deliver",
                "picture": given, "sign_off": {"photograph": given}}  # fmt: skip
        assert take(me, "scans", [scan])["accepted"] == 1
        (event,) = me.track(scan["number"])["events"]
        assert set(event["evidence"]) == {"photograph:7f3a"}


def test_a_local_time_counts_by_the_zone_of_the_place_or_carrier(me: Caller) -> None:
    """Devices without a zone: the delivery is not refused for what it says of the truck."""
    local = {"number": "CT8000009", "occurred_at": "2026-11-20T10:00:00"}

    done = take(me, "scans", [
        {**local, "carrier": "sf", "action": "load", "asset": "truck:85"},
        {**local, "occurred_at": "2026-11-20T12:00:00", "carrier": "sf", "action": "deliver"},
        {**local, "number": "CT8000010", "action": "deliver"},
        {**local, "number": "CT8000011", "action": "load", "asset": "truck:85"},
    ])  # fmt: skip

    assert (done["accepted"], [one["index"] for one in done["rejected"]]) == (3, [3])
    inside = me.get("/v1/assets/truck:85/contents").json()["inside"]
    assert [(one["since"], one["until"]) for one in inside] == [
        ("2026-11-20T02:00:00+00:00", "2026-11-20T04:00:00+00:00")
    ]


def test_a_sorter_keeps_what_it_measured(app: Running, me: Caller, clock: Any) -> None:
    batch = {"device": "line-3", "level": "sorter", "scans": [
        {"number": "CT8100001", "occurred_at": clock(0), "action": "sort", "machine": "line-3",
         "chute": "B17", "weight_g": 1240, "size_mm": [300, 200, 120], "picture": "p/1"},
        {"number": "CT8100002", "occurred_at": clock(0), "action": "juggle"},
    ]}  # fmt: skip
    done = take(me, "scans", batch)
    assert (done["accepted"], [one["index"] for one in done["rejected"]]) == (1, [1])
    assert me.status("CT8100001") == "in_transit.arrived_hub"


def test_tags_read_at_a_gate(app: Running, me: Caller, clock: Any) -> None:
    me.scan(scan("CT8200001", 11, "picked_up"))
    for asset, protocol, identity in [
        ("truck:82", "rfid", "reader-82"), ("bag:82", "epc", "urn:epc:id:grai:1.2.3"),
    ]:  # fmt: skip
        body = {"asset": asset, "terminals": [{"protocol": protocol, "identity": identity}]}
        assert me.post("/v1/assets", body).status_code == 201
    take(me, "containment", [
        {"number": "CT8200001", "parent": "bag:82", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    reads = [{"reader": "reader-82", "tag": "urn:epc:id:grai:1.2.3", "at": clock(n / 600)}
             for n in range(50)]  # fmt: skip
    done = take(me, "rfid", [*reads, {"reader": "reader-82", "tag": "E280", "at": clock(0)}])
    assert (done["accepted"], done["unknown"]) == (1, ["E280"])
    inside = me.get("/v1/assets/truck:82/contents").json()["inside"]
    assert [(one["child"], one["began"]) for one in inside] == [("bag:82", "observed")]


def test_a_tag_says_itself_what_it_is_on(app: Running, me: Caller, clock: Any) -> None:
    """An SSCC in hexadecimal, as readers' middleware gives it; nobody registers each parcel's."""
    number = "069012340000000177"
    body = {"asset": "truck:83", "terminals": [{"protocol": "rfid", "identity": "reader-83"}]}
    assert me.post("/v1/assets", body).status_code == 201
    goods = "3035a537c861a84000000009"

    done = take(me, "rfid", [
        {"reader": "reader-83", "tag": "3135A537C800000011000000", "at": clock(0)},
        {"reader": "reader-83", "tag": "urn:epc:id:grai:6901234.12345.77", "at": clock(0)},
        {"reader": "reader-83", "tag": goods, "at": clock(0)},
    ])  # fmt: skip

    assert (done["accepted"], done["unknown"]) == (2, [goods])
    inside = me.get("/v1/assets/truck:83/contents").json()["inside"]
    assert sorted(one["child"] for one in inside) == [
        "grai:0690123412345677", f"parcel:{number}",
    ]  # fmt: skip


def test_containment_in_the_words_of_loading(me: Caller, clock: Any) -> None:
    told = {"child": "bag:84", "parent": "truck:84"}

    done = take(me, "containment", [
        {**told, "action": "load", "at": clock(0)}, {**told, "action": "unload", "at": clock(1)},
        {**told, "action": "polish", "at": clock(2)},
    ])  # fmt: skip

    assert (done["accepted"], [one["index"] for one in done["rejected"]]) == (2, [2])
    inside = me.get("/v1/assets/truck:84/contents").json()["inside"]
    assert [(one["child"], one["until"] is None) for one in inside] == [("bag:84", False)]


def test_arrivals_at_places(me: Caller, clock: Any) -> None:
    fence = {"name": "Hub A", "lat": 30.0, "lon": 120.0}
    assert me.post("/v1/geofences", fence).status_code == 201
    lons = [119.9, 119.95, 120.0, 120.0001, 120.0, 120.0, 120.1, 120.2]
    take(me, "samples", [
        {"asset": "truck:83", "at": clock(5 * n), "lat": 30.0, "lon": lon}
        for n, lon in enumerate(lons)
    ])  # fmt: skip
    visits = me.get("/v1/assets/truck:83/visits").json()["visits"]
    assert visits == [
        {"place": "Hub A", "arrived": clock(10), "departed": clock(30), "dwell_s": 1200}
    ]

    # A parcel that was taken out at the hub was there, too, and no further.
    take(me, "scans", [
        {"number": "CT8300001", "occurred_at": clock(0), "action": "load", "asset": "truck:83"},
        {"number": "CT8300001", "occurred_at": clock(21), "action": "unload", "asset": "truck:83"},
    ])  # fmt: skip
    (visit,) = me.get("/v1/track/CT8300001/visits").json()["visits"]
    assert (visit["place"], visit["arrived"], visit["departed"]) == ("Hub A", clock(10), None)
    position = me.get("/v1/track/CT8300001/position").json()
    assert (position["at_place"], position["at"]) == ("Hub A", clock(20))


def test_leaving_the_planned_path(app: Running, me: Caller, clock: Any) -> None:
    me.scan(scan("CT8400001", 11, "picked_up"))
    path = [[30.0, 120.0], [30.0, 121.0]]
    assert me.post("/v1/assets", {"asset": "truck:84", "path": path}).status_code == 201
    take(me, "containment", [
        {"number": "CT8400001", "parent": "truck:84", "action": "add", "at": clock(0)},
    ])  # fmt: skip
    lats = [30.0, 30.001, 30.1, 30.1, 30.1, 30.1, 30.0]
    take(me, "samples", [
        {"asset": "truck:84", "at": clock(5 * n), "lat": lat, "lon": 120.1}
        for n, lat in enumerate(lats)
    ])  # fmt: skip
    settled(app)
    expected = ("off_planned_path", seconds(clock(20)), seconds(clock(30)))
    assert alerts(app, "CT8400001") == [expected]


def test_each_tenant_sees_its_own(app: Running, me: Caller, clock: Any) -> None:
    take(me, "samples", temperatures("truck:85", clock, 1))
    other = app.caller()
    assert other.get("/v1/assets/truck:85").status_code == 404
    assert other.get("/v1/assets/truck:85/positions").json()["positions"] == []
    body = {"asset": "truck:85", "terminals": [{"protocol": "jt808", "identity": "0138"}]}
    assert me.post("/v1/assets", body).status_code == 201
    assert other.post("/v1/assets", body).status_code == 409
    assert [one["asset"] for one in me.get("/v1/assets").json()["assets"]] == ["truck:85"]


def test_what_was_not_looked_at_before_a_crash_is_looked_at_after_it(store_url: str) -> None:
    with running(store_url) as app:
        me = app.caller("acme")
        cold(me, "CT9000001")
        take(me, "containment", [
            {"number": "CT9000001", "parent": "truck:9", "action": "add", "at": at(10)},
        ])  # fmt: skip
        settled(app)
        feature = next(
            one for one in app.milepost.features if hasattr(getattr(one, "judge", None), "round")
        )
        feature._telemetry._shared.listeners.clear()  # as if it died before it heard
        take(me, "samples", [
            {"asset": "truck:9", "at": at(9 - n / 10), "temperature_c": 20} for n in range(5)
        ])  # fmt: skip
        settled(app)
        assert alerts(app, "CT9000001") == []
        feature._telemetry._shared.listeners.append(feature.judge.on_samples)
    with running(store_url) as app:
        settled(app)
        assert [one[0] for one in alerts(app, "CT9000001")] == ["temperature_excursion"]
    with running(store_url) as app:
        settled(app)
        take_again = app.caller("acme")
        assert [one["rule"] for one in take_again.track("CT9000001")["alerts"]] == [
            "temperature_excursion"
        ]
        assert len(alerts(app, "CT9000001")) == 1
