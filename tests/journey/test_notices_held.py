"""Notices on a running server: shown on the roads they concern, counted into dwelling."""

from __future__ import annotations

from datetime import timedelta

from journey.running import Caller, Running
from patience import once

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
    """What stands, once it is what is wanted: the clockwork ticks by
    itself as well, and may be the one that looks.
    """
    return once(
        lambda: {one["rule"] for one in me.track(number)["alerts"]}, lambda found: found == wanted
    )


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


def cap(identifier: str, *, kind: str = "Alert", references: str = "") -> bytes:
    """A made-up official warning for a whole province."""
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>made.up@example.org</sender>"
        "<sent>2026-11-19T05:00:00+08:00</sent><status>Actual</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope>{references}<info><language>zh-CN</language>"
        "<category>Met</category><event>台风</event><urgency>Expected</urgency>"
        "<severity>Severe</severity><certainty>Likely</certainty>"
        "<onset>2026-11-19T06:00:00+08:00</onset><headline>台风</headline>"
        "<area><areaDesc>浙江省</areaDesc></area></info></alert>"
    ).encode()


def warn(me: Caller, body: bytes) -> dict[str, list[object]]:
    answer = me.post("/v1/notices/cap", body, kind="application/cap+xml")
    assert answer.status_code == 201, answer.text
    return answer.json()


def until_of(me: Caller, notice: object) -> str | None:
    rows = me.get("/v1/notices").json()["notices"]
    return next(one["notice"].get("until_at") for one in rows if one["id"] == notice)


def test_what_was_ended_stays_ended_however_often_a_feed_repeats_it(
    app: Running, me: Caller
) -> None:
    (made,) = warn(me, cap("made-up-1"))["ids"]
    me.scan(scan("00340000000000000030", app.clock.now, place={"city": "杭州", "country": "CN"}))
    (shown,) = me.track("00340000000000000030")["notices"]
    assert shown["title"] == "台风"
    assert me.client.delete(f"/v1/notices/{made}", headers=me.headers).status_code == 204
    ended = until_of(me, made)
    app.clock.now += HOUR
    back = "<references>made.up@example.org,made-up-1,2026-11-19T05:00:00+08:00</references>"
    assert warn(me, cap("made-up-1"))["ids"] == [made]
    warn(me, cap("made-up-2", kind="Cancel", references=back))
    assert until_of(me, made) == ended
    assert me.track("00340000000000000030")["notices"] == []


def test_of_a_feed_what_cannot_be_read_or_placed_is_named(me: Caller) -> None:
    bad = cap("made-up-3").replace(b"2026-11-19T06", b"19th at 06")
    feed = (
        b"<feed>" + bad + cap("made-up-4").replace("浙江省".encode(), b"Xyzzy Flats") + b"</feed>"
    )
    told = warn(me, feed)
    assert (len(told["ids"]), told["unplaced"]) == (1, ["Xyzzy Flats"])
    assert "made-up-3" in str(told["faults"])
