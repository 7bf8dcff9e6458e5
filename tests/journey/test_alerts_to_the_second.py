"""Alerts open and clear in the second in which it happened, by scans, by time and by evidence."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from journey.running import NOW, Caller, Running, scan
from patience import once

pytest_plugins = ["pg"]
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def recorded(app: Running, number: str, rule: str) -> list[tuple[datetime, datetime | None]]:
    rows = app.sql(
        "SELECT to_timestamp(opened_s), to_timestamp(cleared_s) FROM alert "
        "WHERE number = $1 AND rule = $2 ORDER BY opened_s, id", number, rule,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def alerts(me: Caller, **query: Any) -> list[dict[str, Any]]:
    answer = me.get("/v1/alerts", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["alerts"]
    return found


def look(app: Running) -> None:
    app.written()
    app.call(app.milepost.engine.clockwork.tick)
    app.call(app.milepost.engine.second_look.settle)


@pytest.mark.parametrize(("rule", "code", "limit_s"), [
    ("dwell", "in_transit.arrived_hub", 48 * 3600), ("unsigned", "out_for_delivery", 36 * 3600),
    ("pickup_overdue", "available_for_pickup", 18 * 3600),
    ("no_record_after_label", "info_received.created", 72 * 3600),
    ("customs_dwell", "customs.processing", 72 * 3600),
])  # fmt: skip
def test_time_alone_opens_it_in_its_second_and_not_before(
    app: Running, me: Caller, rule: str, code: str, limit_s: int
) -> None:
    number = f"TICK{rule}".upper().replace("_", "")
    due = NOW + timedelta(seconds=limit_s)
    me.scan(scan(number, 0, code))
    app.clock.now = due - SECOND
    look(app)
    assert recorded(app, number, rule) == []
    app.clock.now = due
    look(app)
    assert once(lambda: recorded(app, number, rule), lambda found: found != []) == [(due, None)]


@pytest.mark.parametrize("split", [[(30,), (20,), (10,)], [(30, 20, 10)], [(10,), (20,), (30,)],
                                   [(10, 20), (30,)]])  # fmt: skip
def test_however_the_rest_comes_in_it_ended_at_the_same_time(
    app: Running, me: Caller, split: list[tuple[int, ...]]
) -> None:
    number = "ENDS" + "".join(map(str, [len(split), *split[0]]))
    told = {30: "in_transit.arrived_hub", 20: "out_for_delivery", 10: "delivered"}
    me.scan(scan(number, 100))
    assert recorded(app, number, "dwell") == [(NOW - 52 * HOUR, None)]
    for batch in split:
        me.scan(*(scan(number, hours, told[hours]) for hours in batch))
    # The newest alone says that it is over by then; those before it cannot make it younger.
    last = min(NOW - max(split[0]) * HOUR, NOW - 10 * HOUR)
    assert recorded(app, number, "dwell") == [(NOW - 52 * HOUR, last)]


def test_a_customs_alert_ends_with_the_release_and_not_with_the_scans_after_it(
    app: Running, me: Caller
) -> None:
    number = "CUSTOMSEND1"
    me.scan(scan(number, 100, "customs.processing"))
    look(app)
    me.scan(
        scan(number, 20, "customs.released"), scan(number, 10), scan(number, 2, "out_for_delivery")
    )
    look(app)
    found = once(
        lambda: recorded(app, number, "customs_dwell"), lambda found: found[0][1] is not None
    )
    assert found == [(NOW - 28 * HOUR, NOW - 20 * HOUR)]


def test_what_the_carrier_calls_overdue_later_has_been_so_before(app: Running, me: Caller) -> None:
    number = "OVERDUE1"
    me.scan(scan(number, 20, "available_for_pickup"))
    me.scan(scan(number, 1, "available_for_pickup.overdue"))
    assert recorded(app, number, "pickup_overdue") == [(NOW - 2 * HOUR, None)]
    me.scan(scan("OVERDUE2", 9, "available_for_pickup"))
    me.scan(scan("OVERDUE2", 5, "available_for_pickup.overdue"))
    me.scan(scan("OVERDUE2", 1, "available_for_pickup.overdue", text="again"))
    assert recorded(app, "OVERDUE2", "pickup_overdue") == [(NOW - 5 * HOUR, None)]


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = zlib.compress((b"\0" + b"\x10\x20\x30" * 8) * 8)
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_proof_that_is_wanted_of_every_delivery_may_be_handed_in_beside_the_scans(
    app: Running, me: Caller
) -> None:
    """Also where the goods need no care and nothing else makes anybody look."""
    wanted = {"values": {"sign_off": ["photograph"]}}
    assert me.client.put("/v1/policy", headers=me.headers, json=wanted).status_code == 200
    me.scan(scan("PROVED1", 0, "delivered"))
    app.clock.now = NOW + HOUR
    look(app)
    missing = once(lambda: alerts(me, open=True), lambda found: found != [])
    assert [one["detail"] for one in missing] == [{"missing": "photograph"}]
    shipment = me.track("PROVED1")["shipment"]
    path = f"/v1/shipments/{shipment}/evidence?kind=photograph"
    assert me.post(path, png(), "image/png").status_code == 201
    assert once(lambda: alerts(me, open=True), lambda found: found == []) == []


@pytest.mark.parametrize(("evidence", "missing"), [
    (["identity:verified", "photograph:ab"], None), (["Identity:verified", "Photograph:ab"], None),
    (["identity:no", "photograph:ab"], "identity"),
    (["identity:verified", "photograph:missing"], "photograph"),
])  # fmt: skip
def test_a_check_that_was_not_passed_proves_nothing(
    app: Running, me: Caller, evidence: list[str], missing: str | None
) -> None:
    number = f"CHECKED{sum(map(ord, str(evidence)))}"
    me.register({"number": number, "carrier": "sf", "category": "high_value"})
    me.scan(scan(number, 2, "delivered", evidence=evidence))
    look(app)
    wanted = [] if missing is None else [{"missing": missing}]
    found = once(
        lambda: [one["detail"] for one in alerts(me, rule="sign_off_missing")],
        lambda found: found == wanted,
    )
    assert found == wanted


def test_a_clock_that_is_known_by_its_place_may_be_ahead_too(app: Running, me: Caller) -> None:
    ahead = (NOW + 9 * HOUR).replace(tzinfo=None).isoformat()  # an hour, by the clocks there
    told = {"number": "YT9900000000017", "carrier": "yto", "place": "杭州",
            "code": "in_transit.arrived_hub", "occurred_at": ahead}  # fmt: skip
    me.scan(told)
    look(app)
    found = once(lambda: alerts(me, rule="clock_skew"), lambda found: found != [])
    assert found[0]["detail"]["ahead_s"] == 3600


def test_an_alert_says_what_it_rests_on_and_what_to_do(app: Running, me: Caller) -> None:
    me.scan(scan("SAID1", 9), scan("SAID1", 5, "customs.info_required"))
    me.scan(scan("SAID1", 4, "customs.info_required", text="again"))
    told = [one["id"] for one in me.track("SAID1")["events"] if one["main"] == "customs"]
    (shown,) = me.track("SAID1")["alerts"]
    assert shown["because"] == told
    (english,) = alerts(me, number="SAID1")
    (german,) = alerts(me, number="SAID1", language="de-AT")
    assert english["because"] == told[:1]  # as it was when it was told
    assert (english["name"], german["name"]) == ("Held at customs", "Vom Zoll festgehalten")
    assert german["do"] != english["do"] != ""
    assert me.get("/v1/alerts", params={"language": "tlh"}).status_code == 422
