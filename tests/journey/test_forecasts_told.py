"""Every arrival window of a shipment with its reason, through the API, the command and the page."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from journey.running import NOW, Caller, Running
from patience import until

pytest_plugins = ["pg"]
moment = datetime.fromisoformat
HANGZHOU = {"city": "Hangzhou", "country": "CN"}
CHENGDU = {"city": "Chengdu", "country": "CN"}
STEPS = {"picked_up": 0.0, "in_transit.departed_origin": 6.0, "in_transit.arrived_hub": 20.0,
         "out_for_delivery": 70.0}  # fmt: skip


def road(number: str, began: datetime, done_h: float | None, *, upto: float = 1e9) -> list[Any]:
    steps = {code: hours for code, hours in STEPS.items() if hours <= upto}
    if done_h is not None:
        steps["delivered"] = done_h
    return [
        {"number": number, "carrier": "sf", "code": code, "place": HANGZHOU,
         "occurred_at": (began + timedelta(hours=hours)).isoformat()}
        for code, hours in steps.items()
    ]  # fmt: skip


def announced(number: str) -> dict[str, Any]:
    return {"number": number, "carrier": "sf", "origin": HANGZHOU, "destination": CHENGDU}


def told(me: Caller, number: str) -> list[dict[str, Any]]:
    answer = me.get(f"/v1/track/{number}/forecasts")
    assert answer.status_code == 200, answer.text
    assert answer.json()["number"] == number
    found: list[dict[str, Any]] = answer.json()["forecasts"]
    return found


@pytest.fixture
def taught(app: Running, me: Caller) -> Caller:
    """A tenant of eighty delivered roads of one lane."""
    numbers = [f"SF81{place:06d}" for place in range(80)]
    me.register([announced(number) for number in numbers])
    me.scan(*[
        one for place, number in enumerate(numbers)
        for one in road(number, NOW - timedelta(days=20, hours=place), 75 + place % 6)
    ])  # fmt: skip
    until(lambda: me.get("/v1/foresight").json()["roads"] >= 80)

    async def settle() -> None:
        """Answers rest on all that was learned from now on."""
        app.milepost.engine.queries.foresight.refresh(app.clock.us())

    app.call(settle)
    return me


def test_each_forecast_names_its_scan_or_silence(app: Running, taught: Caller) -> None:
    me, number = taught, "SF82000001"
    me.register(announced(number))
    begun = NOW - timedelta(hours=77)
    me.scan(*road(number, begun, None, upto=20))
    found = told(me, number)
    events = {one["id"]: one for one in me.track(number)["events"]}

    assert {one["because"] for one in found} >= {"picked_up", "in_transit", "silence"}
    for one in found:
        times = [moment(one[name]) for name in ("earliest", "likely", "latest")]
        assert times == sorted(times)
        assert one["zone"] == "Asia/Shanghai"
        assert times[0].utcoffset() == timedelta(hours=8)
        assert moment(one["at"]) <= app.clock.now
        if one["because"] == "silence":
            assert one["since"]
            assert moment(events[one["event"]]["occurred_at"]) == moment(one["since"])
        elif one["event"]:
            assert events[one["event"]]["main"] == one["because"]
            assert moment(events[one["event"]]["occurred_at"]) == moment(one["at"])
    assert [moment(one["at"]) for one in found] == sorted(moment(one["at"]) for one in found)
    assert found[0]["moved_s"] is None
    for before, after in pairwise(found):
        shift = moment(after["likely"]) - moment(before["likely"])
        assert abs(shift.total_seconds() - after["moved_s"]) < 60
    assert found[-1]["because"] == "silence"
    assert abs(moment(found[-1]["latest"]) - moment(me.track(number)["arrival"]["latest"])) < (
        timedelta(hours=1)
    )

    # The same events in another order, twice: the same history. One more scan adds to it.
    again = "SF82000002"
    me.register(announced(again))
    me.scan(*reversed(road(again, begun, None, upto=20)))
    me.scan(*road(again, begun, None, upto=20))
    bare = [{**one, "event": None} for one in told(me, again)]
    assert bare == [{**one, "event": None} for one in found]
    me.scan(road(number, NOW - timedelta(hours=71), None)[-1])
    more = told(me, number)
    assert more[: len(found) - 1] == found[:-1]
    assert "out_for_delivery" in [one["because"] for one in more]


def test_the_buyer_follows_a_link_to_them(app: Running, taught: Caller) -> None:
    number, english = "SF82000031", {"accept-language": "en"}
    taught.register(announced(number))
    taught.scan(*road(number, NOW - timedelta(hours=40), None, upto=20))
    assert not taught.track(number)["arrival"]["guess"]

    app.call(app.milepost._know_tenants)
    page = app.client.get(f"/t/{number}", headers=english).text
    assert "forecast=open#forecast" in page
    opened = app.client.get(f"/t/{number}?forecast=open", headers=english).text
    assert 'id="forecast"' in opened
    assert "Picked up" in opened.partition('id="forecast"')[2].partition("</section>")[0]


def test_what_has_come_keeps_what_was_foretold(taught: Caller) -> None:
    number, begun = "SF82000011", NOW - timedelta(days=5)
    taught.scan(*road(number, begun, 80))
    found = told(taught, number)

    assert found
    assert all(moment(one["at"]) < begun + timedelta(hours=80) for one in found)
    assert "delivered" not in [one["because"] for one in found]


def test_who_has_no_record_gets_none(app: Running, me: Caller) -> None:
    number = "SF82000021"
    me.scan(*road(number, NOW - timedelta(hours=30), None, upto=6))

    assert all(one["guess"] for one in told(me, number))
    assert app.caller().get(f"/v1/track/{number}/forecasts").status_code == 404
    assert me.get("/v1/track/SF82000029/forecasts").status_code == 404
    assert me.get("/v1/track/%00/forecasts").status_code == 422
