"""An abnormal silence on a running server: since the last scan, whatever is told of a label."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from journey.running import NOW, Caller, Running, scan
from patience import until

pytest_plugins = ["pg"]
TAUGHT = 80
ENDS = {"city": "Chengdu", "country": "CN"}


def silences(me: Caller, number: str) -> list[Any]:
    return [one for one in me.track(number)["alerts"] if one["rule"] == "silence_abnormal"]


def test_a_silence_counts_from_the_last_scan(app: Running) -> None:
    me = app.caller()
    numbers = [f"SF7{index:012}" for index in range(TAUGHT)]
    me.register([{"number": one, "carrier": "sf", "destination": ENDS} for one in numbers])
    for step, (hours, code) in enumerate(((90, "in_transit.arrived_hub"), (84, "delivered"))):
        me.scan(*(scan(one, hours + at / 20 - step, code) for at, one in enumerate(numbers)))
    foresight = next(one for one in app.milepost.features if hasattr(one, "_foresight"))
    lessons = foresight._foresight
    until(lambda: lessons.lessons(me.tenant) and len(lessons.lessons(me.tenant)) == TAUGHT)
    app.call(_refresh, lessons)
    quiet, labelled = "SF7999999999991", "SF7999999999992"
    for number in (quiet, labelled):
        me.scan(scan(number, 60, "in_transit.arrived_hub"))
    me.scan(scan(labelled, 0.5, "info_received.created"))
    me.register([
        {"number": one, "carrier": "sf", "destination": ENDS} for one in (quiet, labelled)
    ])  # fmt: skip

    for number in (quiet, labelled):
        (alert,) = until(lambda number=number: silences(me, number))
        assert alert["opened_at"].startswith("2026-11-18T00:00:00")
    me.scan(scan(quiet, 0.1, "in_transit.departed_facility"))
    until(lambda: not silences(me, quiet))


def at_risk(me: Caller, number: str) -> list[Any]:
    return [one for one in me.track(number)["alerts"] if one["rule"] == "promise_at_risk"]


def test_a_promise_is_at_risk_by_what_the_lane_takes_and_by_a_closure(app: Running) -> None:
    """Two hundred invented roads took eight days; a promise of four is at risk, one of twelve is
    once a closure adds ten.
    """
    me = app.caller()
    lane = {"carrier": "sf", "origin": {"city": "Hangzhou", "country": "CN"}, "destination": ENDS}
    numbers = [f"SF8{index:012}" for index in range(200)]
    me.register([{"number": one, **lane} for one in numbers])
    for days, code in ((20, "picked_up"), (18, "in_transit.arrived_hub"), (12, "delivered")):
        me.scan(*(scan(one, 24 * days + at / 20, code) for at, one in enumerate(numbers)))
    foresight = next(one for one in app.milepost.features if hasattr(one, "_foresight"))
    lessons = foresight._foresight
    until(lambda: len(lessons.lessons(me.tenant) or ()) == len(numbers))
    app.call(_refresh, lessons)
    short, long = "SF8999999999991", "SF8999999999992"
    me.register([{"number": one, **lane} for one in (short, long)])
    for number, days in ((short, 4), (long, 12)):
        me.scan(scan(number, 6, "picked_up", estimated_to=(NOW + timedelta(days=days)).isoformat(),
                     place={"city": "Hangzhou", "country": "CN"}))  # fmt: skip

    (alert,) = until(lambda: at_risk(me, short))
    assert alert["detail"]["late_pm"] > 500
    assert not at_risk(me, long)
    closure = {"kind": "closure", "title": "Bridge closed", "delay_h": 240,
               "from_at": (NOW - timedelta(hours=1)).isoformat(),
               "areas": [{"place": "Hangzhou"}]}  # fmt: skip
    answer = me.post("/v1/notices", closure)
    assert answer.status_code == 201, answer.text
    until(lambda: at_risk(me, long))
    (made,) = answer.json()["ids"]
    me.client.delete(f"/v1/notices/{made}", headers=me.headers)
    until(lambda: not at_risk(me, long))


async def _refresh(foresight: Any) -> None:
    foresight.refresh(round(NOW.timestamp() * 1_000_000))
