"""Scans in, the road out, over HTTP."""

from __future__ import annotations

import json
import random

import pytest

from journey.running import Caller, Running, at, scan

pytest_plugins = ["pg"]

ROAD = [
    ("info_received.created", 70),
    ("picked_up", 60),
    ("in_transit.departed_origin", 55),
    ("in_transit.arrived_hub", 40),
    ("in_transit.departed_facility", 30),
    ("out_for_delivery", 5),
    ("delivered", 1),
]


def road(number: str, upto: int = len(ROAD)) -> list[dict[str, object]]:
    return [scan(number, hours, code) for code, hours in ROAD[:upto]]


def test_scans_in_track_out(me: Caller) -> None:
    assert me.scan(*road("SF100001")) == {"accepted": 7, "duplicates": 0, "rejected": []}

    track = me.track("SF100001")
    assert track["number"] == "SF100001"
    assert track["carrier"] == "sf"
    assert (track["status"]["main"], track["status"]["sub"]) == ("delivered", "delivered")
    assert track["status"]["since"] == at(1)
    assert track["status"]["because"] == [track["events"][-1]["id"]]
    assert [one["sub"] for one in track["events"]] == [code for code, _ in ROAD]
    assert [one["occurred_at"] for one in track["events"]] == [at(hours) for _, hours in ROAD]
    assert [one["main"] for one in track["milestones"]] == [
        "info_received", "picked_up", "in_transit", "out_for_delivery", "delivered",
    ]  # fmt: skip
    assert len(track["legs"]) == len(track["parcels"]) == 1


def test_the_status_follows_the_road(me: Caller) -> None:
    expected = ["info_received", "picked_up", "in_transit", "in_transit", "in_transit"]
    for index, main in enumerate(expected):
        me.scan(road("SF100002")[index])
        assert me.track("SF100002")["status"]["main"] == main


def test_any_order_and_split_gives_the_same_road(me: Caller) -> None:
    me.scan(*road("SF100003"))
    expected = me.track("SF100003")
    for seed in range(5):
        number = f"SF10000{seed + 4}"
        scans = road(number) + road(number)[2:5]
        random.Random(seed).shuffle(scans)
        for start in range(0, len(scans), seed + 1):
            me.scan(*scans[start : start + seed + 1])
        found = me.track(number)

        assert [one["sub"] for one in found["events"]] == [one["sub"] for one in expected["events"]]
        for part in ("main", "sub", "since"):
            assert found["status"][part] == expected["status"][part]
        assert [(m["main"], m["at"]) for m in found["milestones"]] == [
            (m["main"], m["at"]) for m in expected["milestones"]
        ]


def test_lines_of_json(me: Caller) -> None:
    body = b"\n".join(json.dumps(one).encode() for one in road("SF100010")) + b"\n\n"
    answer = me.post("/v1/scans", body, "application/x-ndjson")

    assert answer.json()["accepted"] == 7
    assert me.status("SF100010") == "delivered"


def test_one_bad_line_loses_no_other(me: Caller) -> None:
    lines = [json.dumps(one).encode() for one in road("SF100011")]
    lines[2:2] = [b'{"number": "SF100011"', b"null"]
    answer = me.post("/v1/scans", b"\r\n".join(lines), "application/x-ndjson").json()

    assert answer["accepted"] == 7
    assert [one["index"] for one in answer["rejected"]] == [2, 3]


def test_one_scan_without_an_array(me: Caller) -> None:
    answer = me.post("/v1/scans", scan("SF100012"))

    assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": []}


def test_nothing_in_nothing_taken(me: Caller) -> None:
    assert me.scan() == {"accepted": 0, "duplicates": 0, "rejected": []}


def test_duplicates_in_and_across_requests(me: Caller) -> None:
    one, two = scan("SF100013", 5), scan("SF100013", 4)

    assert me.scan(one, two, one)["duplicates"] == 1
    assert me.scan(two, one) == {"accepted": 0, "duplicates": 2, "rejected": []}
    assert len(me.track("SF100013")["events"]) == 2


def test_the_same_instant_in_another_offset_is_the_same_event(me: Caller) -> None:
    me.scan(scan("SF100014", occurred_at="2026-11-20T08:00:00+08:00"))

    again = scan("SF100014", occurred_at="2026-11-20T00:00:00Z")
    assert me.scan(again)["duplicates"] == 1
    assert me.track("SF100014")["events"][0]["occurred_at"] == "2026-11-20T08:00:00+08:00"


def test_a_status_is_read_from_the_text_where_there_is_no_code(me: Caller) -> None:
    me.scan(scan("SF100015", 5, None, text="快件已被签收，签收人：门卫"))

    assert me.track("SF100015")["status"]["main"] == "delivered"


def test_an_unknown_code_is_unknown_and_reported(me: Caller) -> None:
    me.scan(scan("SF100016", 5, "ZZ-99"))
    track = me.track("SF100016")

    assert track["status"]["main"] == "unknown"
    assert track["events"][0]["code"] == "ZZ-99"
    assert [one["rule"] for one in track["alerts"]] == ["unmapped_code"]


def test_a_late_departure_does_not_undo_the_delivery(me: Caller) -> None:
    me.scan(scan("SF100017", 2, "delivered"))
    me.scan(scan("SF100017", 9, "in_transit.departed_facility"))

    assert me.status("SF100017") == "delivered"


def test_a_retraction_takes_the_delivery_back(me: Caller) -> None:
    me.scan(scan("SF100018", 9), scan("SF100018", 2, "delivered"))
    wrong = me.track("SF100018")["status"]["because"][-1]
    me.scan(scan("SF100018", 1, None, retracts=wrong))

    track = me.track("SF100018")
    assert track["status"]["sub"] == "in_transit.arrived_hub"
    taken = next(one for one in track["events"] if one["id"] == wrong)
    assert taken["retracted_by"] in {one["id"] for one in track["events"]}


def test_a_retraction_may_come_before_what_it_retracts(app: Running) -> None:
    # An id is the content's own, so the same tenant on another day would give the same one.
    first, second = app.caller("early bird"), app.caller()
    first.scan(scan("SF100019", 2, "delivered"))
    wrong = first.track("SF100019")["events"][0]["id"]
    second.scan(scan("SF100019", 1, None, retracts=wrong), scan("SF100019", 2, "delivered"))
    # Another tenant's event has another id, so nothing of it is taken back.
    assert second.status("SF100019") == "delivered"

    first.scan(scan("SF100019", 1, None, retracts=wrong))
    assert first.status("SF100019") == "unknown"


def test_a_correction_replaces_what_it_retracts(me: Caller) -> None:
    me.scan(scan("SF100020", 9, "delivered"))
    wrong = me.track("SF100020")["events"][0]["id"]
    me.scan(scan("SF100020", 9, "attempt_failed", retracts=wrong))

    assert me.track("SF100020")["status"]["main"] == "attempt_failed"


def test_a_retraction_that_is_taken_back_itself(me: Caller) -> None:
    me.scan(scan("SF100021", 9, "delivered"))
    event = me.track("SF100021")["events"][0]["id"]
    me.scan(scan("SF100021", 8, None, retracts=event))
    assert me.status("SF100021") == "unknown"
    retraction = me.track("SF100021")["events"][-1]["id"]
    me.scan(scan("SF100021", 7, None, retracts=retraction))

    assert me.status("SF100021") == "delivered"


def test_a_promise_becomes_the_arrival(me: Caller) -> None:
    me.scan(
        scan("SF100022", 9, estimated_from=at(-20), estimated_to=at(-24)),
        scan("SF100022", 3, estimated_from=at(-30), estimated_to=at(-34)),
    )
    arrival = me.track("SF100022")["arrival"]

    assert (arrival["earliest"], arrival["latest"]) == (at(-30), at(-34))
    assert arrival["source"] == "carrier_promise"
    assert arrival["stated_at"] == at(3)
    assert len(me.track("SF100022")["events"]) == 2


def test_a_promise_alone_is_no_status(me: Caller) -> None:
    me.scan(scan("SF100023", 3, None, estimated_to=at(-34)))

    assert me.track("SF100023")["status"]["main"] == "unknown"
    assert me.track("SF100023")["arrival"]["latest"] == at(-34)


@pytest.mark.parametrize("spelt", ["sf 1000 24", "SF-100024", "ＳＦ１０００２４", "sf100024\u3000"])
def test_a_number_is_found_however_it_is_spelt(me: Caller, spelt: str) -> None:
    me.scan(scan("SF100024"))

    assert me.track(spelt)["number"] == "SF100024"
    assert me.scan(scan(spelt))["duplicates"] == 1


def test_many_numbers_at_once(me: Caller) -> None:
    me.scan(scan("SF100025"), scan("SF100026", code="delivered"))
    asked = ["SF100026", "SF404404", "SF100025", "x"]
    answer = me.post("/v1/track", {"numbers": asked}).json()

    assert [one["number"] for one in answer["tracks"]] == ["SF100026", "SF100025"]
    assert answer["unknown"] == ["SF404404", "x"]


def test_thousands_of_scans_of_one_number(me: Caller) -> None:
    scans = [scan("SF100027", hours=1 + n / 3600) for n in range(5_000)]
    scans += scans[:500]
    random.Random(7).shuffle(scans)
    receipts = [me.scan(*scans[start : start + 500]) for start in range(0, len(scans), 500)]

    assert sum(one["accepted"] for one in receipts) == 5_000
    assert sum(one["duplicates"] for one in receipts) == 500
    track = me.track("SF100027")
    times = [one["occurred_at"] for one in track["events"]]
    assert len(times) == 5_000
    assert times == sorted(times)


def test_clocks_that_differ_a_little(me: Caller) -> None:
    # The sorter's clock runs seven minutes ahead of the courier's.
    me.scan(scan("SF100028", 2.0, "delivered"), scan("SF100028", 1.9, "out_for_delivery"))

    assert me.track("SF100028")["status"]["main"] == "delivered"
    assert me.scan(scan("SF100028", hours=-2))["accepted"] == 1


def test_times_are_shown_as_honestly_as_they_came(me: Caller) -> None:
    me.scan(
        scan("QQ100029", occurred_at="2026-11-18T10:00:00+01:00", carrier=None),
        scan("QQ100029", occurred_at="2026-11-18T12:00:00", carrier=None),
        scan("QQ100029", occurred_at="2026-11-19T00:00:00Z", date_only=True, carrier=None),
    )
    events = me.track("QQ100029")["events"]

    assert [(one["occurred_at"], one["time_quality"]) for one in events] == [
        ("2026-11-18T10:00:00+01:00", "exact"),
        ("2026-11-18T12:00:00", "naive"),
        ("2026-11-19", "date_only"),
    ]


def test_everything_that_a_scan_says_is_kept(app: Running, me: Caller) -> None:
    evidence = ["https://example.com/pod/1.jpg"]
    place = {
        "name": "云溪中心",
        "city": "云溪",
        "country": "CN",
        "latitude": 29.55,
        "longitude": 119.2,
    }
    me.scan(
        scan(
            "SF100030", text="快件到达", place=place, next_place="澜江", actor="courier 17",
            device="PDA-3", evidence=evidence, measurements={"weight_g": 1200}, order_number="O-77",
        )
    )  # fmt: skip
    track = me.track("SF100030")

    assert track["order_number"] == "O-77"
    assert track["events"][0]["place"] == place
    assert track["events"][0]["next_place"] == {"name": "澜江"}
    assert track["events"][0]["text"] == "快件到达"
