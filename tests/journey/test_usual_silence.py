"""The past says how long a silence may last; a limit that somebody has set still holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from journey.running import NOW, Caller, Running
from patience import until

pytest_plugins = ["pg"]
DAY = timedelta(days=1)
ABROAD, AT_HOME = (
    {
        "origin": {"city": "Shenzhen", "country": "CN"},
        "destination": {"city": to, "country": country},
    }
    for to, country in (("Santos", "BR"), ("Lhasa", "CN"))
)
NUMBER = "LX900000015BR"


def scan(number: str, code: str, at: datetime) -> dict[str, Any]:
    return {"number": number, "carrier": "upu", "code": code, "occurred_at": at.isoformat()}


def sailed(app: Running, me: Caller, ends: dict[str, Any], count: int = 80) -> None:
    """Delivered roads that were silent for five to six days, then one that has just left."""
    numbers = [f"LX{place:09d}BR" for place in range(count)]
    me.register([{"number": number, "carrier": "upu", **ends} for number in [*numbers, NUMBER]])
    for place, number in enumerate(numbers):
        left = NOW - timedelta(days=20 - place % 10)
        me.scan(
            *left_at(number, left), scan(number, "delivered", left + DAY * (5 + place % 10 / 10))
        )
    me.scan(*left_at(NUMBER, NOW))
    app.written()  # the clock goes by the list of shipments
    until(lambda: me.get("/v1/foresight").json()["roads"] >= count)

    async def show() -> None:
        app.milepost.engine.queries.foresight.refresh(app.clock.us())

    app.call(show)


def left_at(number: str, at: datetime) -> list[dict[str, Any]]:
    return [scan(number, "picked_up", at - DAY), scan(number, "in_transit.departed_facility", at)]


def rules(app: Running, me: Caller) -> set[str]:
    app.call(app.milepost.engine.clockwork.tick)
    return {one["rule"] for one in me.track(NUMBER)["alerts"]}


@pytest.mark.parametrize(("ends", "days"), [(ABROAD, 4.5), (AT_HOME, 3)])
def test_a_usual_silence_is_no_dwelling(
    app: Running, me: Caller, ends: dict[str, Any], days: float
) -> None:
    sailed(app, me, ends)
    app.clock.now = NOW + days * DAY  # beyond the limit that would hold without a past
    assert "dwell" not in rules(app, me)
    assert "dwell" not in rules(app, me)

    app.clock.now = NOW + 9 * DAY
    until(lambda: "dwell" in rules(app, me))


def test_a_limit_that_was_set_holds(app: Running, me: Caller) -> None:
    sailed(app, me, AT_HOME)
    body = {"values": {"dwell_s": 172_000}}
    assert me.client.put("/v1/policy", headers=me.headers, json=body).status_code == 200
    app.clock.now = NOW + 3 * DAY
    until(lambda: "dwell" in rules(app, me))
