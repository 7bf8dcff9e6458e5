"""The road ahead, missorts and better ways on a running server. All roads here are synthetic."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from journey.running import NOW, Caller, Running

pytest_plugins = ["pg"]

HOUR = timedelta(hours=1)
# Invented facilities in real cities: a carrier brings everything from Hangzhou to Chengdu over
# Wuhan, some of it over Xi'an, and serves Shenyang by another line.
HANGZHOU = {"facility": "Hangzhou West", "city": "Hangzhou", "country": "CN",
            "latitude": 30.27, "longitude": 120.15}  # fmt: skip
WUHAN = {"facility": "Wuhan Hub", "city": "Wuhan", "country": "CN",
         "latitude": 30.59, "longitude": 114.30}  # fmt: skip
XIAN = {"facility": "Xi'an Hub", "city": "Xi'an", "country": "CN",
        "latitude": 34.34, "longitude": 108.94}  # fmt: skip
CHENGDU = {"facility": "Chengdu East", "city": "Chengdu", "country": "CN",
           "latitude": 30.66, "longitude": 104.06}  # fmt: skip
SHENYANG = {"facility": "Shenyang Hub", "city": "Shenyang", "country": "CN",
            "latitude": 41.80, "longitude": 123.43}  # fmt: skip
BOUND = {"city": "Chengdu", "country": "CN"}


def scans(number: str, begun: datetime, way: list[dict[str, Any]], *, done: bool) -> list[Any]:
    """Picked up, then every six hours in or out of a facility; delivered at the end."""
    found: list[Any] = []
    at = begun

    def tell(code: str, place: dict[str, Any]) -> None:
        nonlocal at
        found.append({"number": number, "carrier": "zto", "code": code, "place": place,
                      "occurred_at": at.isoformat()})  # fmt: skip
        at += 6 * HOUR

    tell("picked_up", way[0])
    tell("in_transit.departed_origin", way[0])
    for place in way[1:]:
        tell("in_transit.arrived_hub", place)
        if done or place is not way[-1]:
            last = place is way[-1]
            tell("out_for_delivery" if last else "in_transit.departed_facility", place)
    if done:
        tell("delivered", way[-1])
    return found


def bound(me: Caller, *numbers: str, to: dict[str, str] = BOUND) -> None:
    origin = {"city": "Hangzhou", "country": "CN"}
    me.register([
        {"carrier": "zto", "number": number, "origin": origin, "destination": to}
        for number in numbers
    ])  # fmt: skip


def learned(app: Running) -> None:
    """Wait until all that has been told is learned."""
    feature = next(one for one in app.milepost.features if type(one).__name__ == "RoadsFeature")
    while feature.waiting:
        app.call(feature.learn)
    now_s, notices = app.clock.us() // 1_000_000, app.milepost.engine.queries.notices
    for tenant in feature.roads.tenants:
        app.call(_later(feature.roads.judge), tenant, notices.of(tenant, now_s), now_s)


def _later(work: Any) -> Any:
    async def run(*given: Any) -> Any:
        return work(*given)

    return run


def a_past(app: Running, me: Caller) -> None:
    """Sixty roads over Wuhan, fifteen over Xi'an, and twelve to Shenyang; all long delivered."""
    told: list[Any] = []
    for at in range(75):
        way = [HANGZHOU, XIAN if at % 5 == 0 else WUHAN, CHENGDU]
        told += scans(f"7500000{at:05d}", NOW - timedelta(days=9, hours=at), way, done=True)
    for at in range(12):
        way = [HANGZHOU, SHENYANG]
        told += scans(f"7600000{at:05d}", NOW - timedelta(days=8, hours=at), way, done=True)
    me.scan(*told)
    bound(me, *(f"7500000{at:05d}" for at in range(75)))
    bound(me, *(f"7600000{at:05d}" for at in range(12)), to={"city": "Shenyang", "country": "CN"})
    learned(app)


def names(stops: list[Any]) -> list[str | None]:
    return [stop["node"]["name"] if stop["node"] else None for stop in stops]


def test_the_road_ahead_is_told_with_times_and_odds(app: Running, me: Caller) -> None:
    a_past(app, me)
    number = "750000100001"
    bound(me, number)
    me.scan(*scans(number, NOW - 12 * HOUR, [HANGZHOU], done=False)[:2])
    answer = me.get(f"/v1/track/{number}/ahead")
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["parcels"]

    assert one["here"]["name"] == "Hangzhou West"
    assert names(one["stops"]) == ["Wuhan Hub", "Chengdu East", None]
    wuhan, chengdu, door = one["stops"]
    assert 0.7 < wuhan["odds"] < 0.9
    assert chengdu["odds"] > 0.95
    # Six hours after each scan before; the quantiles have steps of a fifth.
    for stop, hours in ((wuhan, 0), (chengdu, 12), (door, 24)):
        low, likely, high = (datetime.fromisoformat(stop[q]) for q in ("p10", "p50", "p90"))
        assert low <= likely <= high
        assert abs(likely - NOW - hours * HOUR) < 5 * HOUR
    assert wuhan["p50"].endswith("+08:00")
    following = one["next_scan"]["candidates"]
    assert following[0]["node"]["name"] == "Wuhan Hub"
    assert following[0]["sub"] == "in_transit.arrived_hub"
    assert one["reroute"] is None


def test_a_missort_is_an_alert_until_it_is_back(app: Running, me: Caller) -> None:
    a_past(app, me)
    number = "750000100002"
    bound(me, number)
    begun = NOW - 30 * HOUR
    me.scan(*scans(number, begun, [HANGZHOU, SHENYANG], done=False))
    learned(app)
    (alert,) = [one for one in me.track(number)["alerts"] if one["rule"] == "missort"]
    assert alert["detail"]["facility"] == "Shenyang Hub"
    assert alert["detail"]["came_here"] == 0
    assert alert["detail"]["roads"] > 40

    back = {"number": number, "carrier": "zto", "code": "in_transit.arrived_hub", "place": WUHAN,
            "occurred_at": (NOW - 2 * HOUR).isoformat()}  # fmt: skip
    me.scan(back)
    learned(app)
    assert "missort" not in [one["rule"] for one in me.track(number)["alerts"]]


def test_a_closed_hub_brings_another_way(app: Running, me: Caller) -> None:
    a_past(app, me)
    number = "750000100003"
    bound(me, number)
    me.scan(*scans(number, NOW - 2 * HOUR, [HANGZHOU], done=False)[:1])
    learned(app)
    assert me.get("/v1/network/reroutes").json() == {"concerned": 0, "reroutes": []}

    closure = {"kind": "closure", "title": "Flood", "from_at": NOW.isoformat(),
               "until_at": (NOW + 96 * HOUR).isoformat(),
               "areas": [{"place": "Wuhan"}]}  # fmt: skip
    made = me.post("/v1/notices", closure).json()["ids"][0]
    learned(app)
    page = me.get("/v1/network/reroutes").json()
    assert page["concerned"] == 1
    (row,) = page["reroutes"]
    assert row["number"] == number
    best = row["reroute"]["alternatives"][0]
    assert [node["name"] for node in best["way"]] == ["Hangzhou West", "Xi'an Hub", "Chengdu East"]
    assert best["gain_s"] > 48 * 3600
    (one,) = me.get(f"/v1/track/{number}/ahead").json()["parcels"]
    assert one["reroute"] == row["reroute"]
    (closed,) = me.get("/v1/network/nodes", params={"trouble": True}).json()["nodes"]
    assert (closed["node"]["name"], closed["closed"]) == ("Wuhan Hub", "Flood")

    assert me.client.delete(f"/v1/notices/{made}", headers=me.headers).status_code == 204
    app.clock.now += HOUR
    learned(app)
    assert me.get("/v1/network/reroutes").json()["concerned"] == 0


def test_the_network_is_the_tenants_own(app: Running, me: Caller) -> None:
    a_past(app, me)
    nodes = me.get("/v1/network/nodes", params={"text": "wuhan"}).json()["nodes"]
    assert [one["node"]["name"] for one in nodes] == ["Wuhan Hub"]
    assert nodes[0]["roads"] == 60
    assert abs(nodes[0]["dwell"]["p50_s"] - 6 * 3600) < 2 * 3600
    edges = me.get("/v1/network/edges", params={"node": nodes[0]["node"]["id"]}).json()["edges"]
    assert {(one["origin"]["name"], one["to"]["name"]) for one in edges} == {
        ("Hangzhou West", "Wuhan Hub"), ("Wuhan Hub", "Chengdu East"),
    }  # fmt: skip
    assert abs(edges[0]["transit"]["p50_s"] - 6 * 3600) < 2 * 3600
    other = app.caller()
    for path in ("nodes", "edges", "reroutes"):
        answer = other.get(f"/v1/network/{path}")
        assert answer.status_code == 200
        assert not answer.json()[path]


def test_what_is_not_known_is_said(app: Running, me: Caller) -> None:
    assert me.get("/v1/track/750000999999/ahead").status_code == 404
    assert me.get("/v1/network/nodes", params={"limit": 0}).status_code == 422
    number = "750000100009"
    me.scan({"number": number, "carrier": "zto", "code": "in_transit.arrived_hub",
             "occurred_at": (NOW - HOUR).isoformat()})  # fmt: skip
    learned(app)
    (one,) = me.get(f"/v1/track/{number}/ahead").json()["parcels"]
    assert (one["here"], one["stops"], one["next_scan"]) == (None, [], None)


def test_a_late_scan_is_as_if_it_had_been_there(app: Running, me: Caller) -> None:
    a_past(app, me)
    number = "750000100005"
    bound(me, number)
    told = scans(number, NOW - 60 * HOUR, [HANGZHOU, WUHAN, CHENGDU], done=True)
    me.scan(*told[:2], *told[4:])  # Wuhan comes late
    learned(app)
    before = me.get("/v1/network/edges", params={"carrier": "zto"}).json()["edges"]
    pairs = {(one["origin"]["name"], one["to"] and one["to"]["name"]) for one in before}
    assert ("Hangzhou West", "Chengdu East") in pairs
    me.scan(*told[2:4])
    learned(app)
    after = me.get("/v1/network/edges", params={"carrier": "zto"}).json()["edges"]
    pairs = {(one["origin"]["name"], one["to"] and one["to"]["name"]) for one in after}
    assert ("Hangzhou West", "Chengdu East") not in pairs
