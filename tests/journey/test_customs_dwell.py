"""Customs dwell on a running server: by the policy, by what the past says, and by event time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from journey.running import NOW, Caller, Running, running
from patience import until

pytest_plugins = ["pg"]
HOUR = timedelta(hours=1)
PORT = {"name": "São Paulo", "city": "São Paulo", "country": "BR"}
ENDS = {"origin": {"city": "Shenzhen", "country": "CN"},
        "destination": {"city": "Campinas", "country": "BR"}}  # fmt: skip


def scan(number: str, code: str, at: datetime, **given: Any) -> dict[str, Any]:
    return {"number": number, "carrier": "upu", "code": code, "occurred_at": at.isoformat(),
            "place": PORT, **given}  # fmt: skip


def alerts(me: Caller, number: str) -> dict[str, dict[str, Any]]:
    return {one["rule"]: one for one in me.track(number)["alerts"]}


def dwells(app: Running, me: Caller, number: str) -> dict[str, Any] | None:
    """What stands after a second look at all that is due."""
    app.call(app.milepost.engine.second_look.settle)
    return alerts(me, number).get("customs_dwell")


def cleared(app: Running, me: Caller, count: int, hours: Callable[[int], float]) -> None:
    """Roads of the past, each so many hours at customs."""
    scans = []
    for place in range(count):
        number, entered = f"LX{place:09d}BR", NOW - timedelta(days=9)
        left = entered + hours(place) * HOUR
        scans += [scan(number, "customs.processing", entered),
                  scan(number, "customs.released", left),
                  scan(number, "in_transit.departed_facility", left + HOUR),
                  scan(number, "delivered", left + 9 * HOUR)]  # fmt: skip
    me.scan(*scans)
    customs = next(one.customs for one in app.milepost.features if hasattr(one, "customs"))
    until(lambda: customs.taught(me.tenant) >= count)


def test_without_history_the_policy_says_when(app: Running, me: Caller) -> None:
    number = "LX100000017BR"
    me.scan(scan(number, "customs.processing", NOW - 71 * HOUR))
    assert dwells(app, me, number) is None
    app.clock.now += 2 * HOUR
    found = dwells(app, me, number)
    assert found is not None
    assert found["severity"] == "warning"
    assert found["opened_at"].startswith("2026-11-20T13:00")
    assert found["detail"]["limit_s"] == 72 * 3600
    assert found["detail"]["held_h"] in (72, 73)
    assert "usual_h" not in found["detail"]  # nothing is called usual that nobody knows


def test_it_ends_when_customs_lets_it_go_and_when_late_scans_say_so(
    app: Running, me: Caller
) -> None:
    number, other = "LX100000025BR", "LX100000034BR"
    for one in (number, other):
        me.scan(scan(one, "customs.processing", NOW - 80 * HOUR))
        assert dwells(app, me, one) is not None
    me.scan(scan(number, "customs.released", NOW - 30 * HOUR))
    assert dwells(app, me, number) is None
    # What is told late is judged as if it had come in time: it had left and come back.
    me.scan(scan(other, "in_transit.departed_facility", NOW - 70 * HOUR),
            scan(other, "customs.processing", NOW - 5 * HOUR))  # fmt: skip
    assert dwells(app, me, other) is None


def test_beyond_the_usual_of_the_port(app: Running, me: Caller) -> None:
    cleared(app, me, 60, lambda place: 5 + place % 10)
    number = "LX100000043BR"
    me.register({"number": number, "carrier": "upu", **ENDS})
    me.scan(scan(number, "customs.processing", NOW - 12 * HOUR))
    assert dwells(app, me, number) is None
    app.clock.now += 12 * HOUR
    found = dwells(app, me, number)
    assert found is not None
    detail = found["detail"]
    assert detail["of"] == "port"
    assert 8 <= detail["usual_h"] <= 11
    assert 12 <= detail["nine_of_ten_h"] <= 17
    assert detail["samples"] >= 50
    assert detail["held_h"] == 24
    # Another tenant has not seen these roads, and is told nothing of them.
    stranger = app.caller()
    stranger.scan(scan(number, "customs.processing", NOW - 12 * HOUR))
    assert dwells(app, stranger, number) is None


def test_a_few_stays_are_no_history(app: Running, me: Caller) -> None:
    cleared(app, me, 8, lambda _: 6)
    number = "LX100000057BR"
    me.scan(scan(number, "customs.processing", NOW - 40 * HOUR))
    assert dwells(app, me, number) is None


def test_a_limit_of_ones_own_holds_as_it_is(app: Running, me: Caller) -> None:
    cleared(app, me, 60, lambda place: 5 + place % 10)
    number = "LX100000065BR"
    me.scan(scan(number, "customs.processing", NOW - 40 * HOUR))
    assert dwells(app, me, number) is not None
    own = {"values": {"customs_dwell_s": 50 * 3600}}
    assert me.client.put("/v1/policy", headers=me.headers, json=own).status_code == 200
    assert dwells(app, me, number) is None
    app.clock.now += 11 * HOUR
    assert dwells(app, me, number) is not None


def test_a_strike_at_customs_is_no_dwelling(app: Running, me: Caller) -> None:
    number = "LX100000074BR"
    me.scan(scan(number, "customs.processing", NOW - 80 * HOUR))
    assert dwells(app, me, number) is not None
    strike = {"kind": "strike", "title": "Strike", "from_at": (NOW - 70 * HOUR).isoformat(),
              "areas": [{"country": "BR"}]}  # fmt: skip
    answer = me.post("/v1/notices", strike)
    assert answer.status_code == 201, answer.text
    assert dwells(app, me, number) is None
    (made,) = answer.json()["ids"]
    me.client.delete(f"/v1/notices/{made}", headers=me.headers)
    app.clock.now += 70 * HOUR
    assert dwells(app, me, number) is not None


def test_it_stands_after_a_restart_and_then_clears(module_url: str) -> None:
    number = "LX100000088BR"
    with running(module_url) as first:
        me = first.caller("customs restart")
        me.scan(scan(number, "customs.processing", NOW - 80 * HOUR))
        assert dwells(first, me, number) is not None
    with running(module_url) as second:
        again = second.caller("customs restart")
        assert dwells(second, again, number) is not None
        rows = second.sql("SELECT 1 FROM alert WHERE number = $1", number)
        assert len(rows) == 1  # it was not cleared and opened by the start
        again.scan(scan(number, "delivered", NOW))
        assert dwells(second, again, number) is None


def test_papers_asked_for_are_an_alert_of_their_own(app: Running, me: Caller) -> None:
    number = "LX100000091BR"
    me.scan(scan(number, "customs.processing", NOW - 80 * HOUR))
    assert dwells(app, me, number) is not None
    me.scan(scan(number, "customs.info_required", NOW - 2 * HOUR))
    until(lambda: "customs_hold" in alerts(me, number))
    assert set(alerts(me, number)) >= {"customs_dwell", "customs_hold"}
    cases = until(lambda: me.get("/v1/cases", params={"number": number}).json()["cases"])
    assert [one["case"]["rule"] for one in cases] == ["customs_hold"]
    me.scan(scan(number, "customs.processing", NOW - HOUR))
    until(lambda: "customs_hold" not in alerts(me, number))
    assert "customs_dwell" in alerts(me, number)
    rows = app.sql("SELECT rule FROM alert WHERE number = $1 AND rule = 'customs_dwell'", number)
    assert len(rows) == 1
