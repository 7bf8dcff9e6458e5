"""Notices on a running server: shown on the roads they concern, counted into dwelling."""

from __future__ import annotations

import time
from datetime import timedelta

from journey.running import Caller, Running

pytest_plugins = ["pg"]
HOUR = timedelta(hours=1)
LEIPZIG = {"city": "Leipzig", "country": "DE"}


def scan(number: str, at: object, **given: object) -> dict[str, object]:
    return {"number": number, "carrier": "dhl", "code": "in_transit.arrived_hub",
            "occurred_at": at.isoformat(), "place": LEIPZIG, **given}  # type: ignore[attr-defined]  # fmt: skip


def look(app: Running) -> None:
    app.written()
    app.clock.now += timedelta(minutes=3)
    app.call(app.milepost.engine.clockwork.tick)


def rules(me: Caller, number: str, wanted: set[str]) -> set[str]:
    """What stands, once it is what is wanted or four seconds have passed: the clockwork ticks by
    itself as well, and may be the one that looks.
    """
    until = time.monotonic() + 4
    while True:
        found = {one["rule"] for one in me.track(number)["alerts"]}
        if found == wanted or time.monotonic() > until:
            return found
        time.sleep(0.02)


def test_a_storm_excuses_the_parcels_it_holds_up(app: Running, me: Caller) -> None:
    here, there = "00340000000000000016", "00340000000000000023"
    began = app.clock.now
    me.scan(scan(here, began), scan(there, began, place={"city": "Madrid", "country": "ES"}))
    app.clock.now += 49 * HOUR
    look(app)
    for number in (here, there):
        assert rules(me, number, {"dwell"}) == {"dwell"}

    storm = {"kind": "weather", "title": "Storm", "from_at": began.isoformat(),
             "areas": [{"place": "Leipzig"}]}  # fmt: skip
    answer = me.post("/v1/notices", storm)
    assert answer.status_code == 201, answer.text
    look(app)
    assert rules(me, here, set()) == set()
    assert rules(me, there, {"dwell"}) == {"dwell"}
    assert [one["title"] for one in me.track(here)["notices"]] == ["Storm"]
    assert me.track(there)["notices"] == []

    (made,) = answer.json()["ids"]
    assert me.client.delete(f"/v1/notices/{made}", headers=me.headers).status_code == 204
    app.clock.now += 49 * HOUR
    look(app)
    assert rules(me, here, {"dwell"}) == {"dwell"}
    assert me.track(here)["notices"] == []


def test_notices_are_the_tenants_own_and_bad_ones_are_refused(app: Running, me: Caller) -> None:
    other = app.caller()
    bad = {"kind": "weather", "title": "Nowhere", "from_at": "2026-11-20T00:00:00Z",
           "areas": [{"place": "Xyzzyville"}]}  # fmt: skip
    assert me.post("/v1/notices", bad).status_code == 422
    assert me.post("/v1/notices", {**bad, "areas": [], "from_at": "2026-11-20T00:00:00"}
                   ).status_code == 422  # fmt: skip
    made = me.post("/v1/notices", {**bad, "areas": [{"country": "PT"}]}).json()["ids"][0]
    assert made in [one["id"] for one in me.get("/v1/notices").json()["notices"]]
    assert made not in [one["id"] for one in other.get("/v1/notices").json()["notices"]]
    assert other.client.delete(f"/v1/notices/{made}", headers=other.headers).status_code == 404
    assert me.post("/v1/notices/cap", b"<alert>", kind="application/cap+xml").status_code == 400
