"""What EasyPost's clients ask beside trackers: events with their payloads, and whose key it is."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from journey.compat.serving import Account, Served, receiver
from patience import until

pytest_plugins = ["pg"]
pytestmark = pytest.mark.server
NUMBER = "94001888777766669001"


def ask(one: Account, method: str, path: str, **given: Any) -> httpx2.Response:
    auth = {"Authorization": f"Bearer {one.fields['api_key']}"}
    return httpx2.request(method, f"{one.server.url}/v2{path}", headers=auth, **given)


def follow(one: Account, number: str) -> dict[str, Any]:
    body = json.dumps({"tracker": {"tracking_code": number, "carrier": "USPS"}})
    found: dict[str, Any] = ask(one, "POST", "/trackers", content=body).json()
    return found


def hook(one: Account, url: str) -> None:
    body = json.dumps({"webhook": {"url": url}})
    assert ask(one, "POST", "/webhooks", content=body).status_code == 201


def events(one: Account, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = ask(one, "GET", f"/events{query}").json()
    return found


def test_an_event_is_what_every_webhook_was_sent(server: Served) -> None:
    one = server.account("easypost")
    with receiver(lambda _: (200, b"fine")) as good, receiver(lambda _: (500, b"ill")) as bad:
        hook(one, good.url)
        hook(one, bad.url)
        tracker = follow(one, NUMBER)
        good.wait(1)
        until(lambda: [e["status"] for e in events(one)["events"]] == ["retrying"])

        pushed = json.loads(good.got[0][2])
        found = ask(one, "GET", f"/events/{pushed['id']}").json()
        payloads = ask(one, "GET", f"/events/{pushed['id']}/payloads").json()["payloads"]

    assert found["id"] == json.loads(bad.got[0][2])["id"] == events(one)["events"][0]["id"]
    assert (found["description"], found["result"]["id"]) == ("tracker.created", tracker["id"])
    assert (found["completed_urls"], found["pending_urls"]) == ([good.url], [bad.url])
    answers = {p["request_url"]: (p["response_code"], p["response_body"]) for p in payloads}
    assert answers == {good.url: (200, "fine"), bad.url: (500, "ill")}
    assert json.loads(payloads[0]["request_body"])["id"] == found["id"]
    single = ask(one, "GET", f"/events/{found['id']}/payloads/{payloads[1]['id']}").json()
    assert single == payloads[1]


def test_an_event_stays_as_it_was_made(server: Served) -> None:
    one, number = server.account("easypost"), "94001888777766669300"

    def scan(code: str, hour: int) -> None:
        one.scan({"number": number, "carrier": "usps", "code": code,
                  "occurred_at": f"2026-11-01T{hour:02}:00:00-05:00"})  # fmt: skip

    with receiver(lambda _: (200, b"")) as good:
        hook(one, good.url)
        follow(one, number)
        for count, (code, hour) in enumerate([("picked_up", 8), ("in_transit.arrived_hub", 9),
                                              ("out_for_delivery", 10)], 2):  # fmt: skip
            scan(code, hour)
            good.wait(count)
        sent = [json.loads(body) for _, _, body in good.got]

    assert [e["result"]["status_detail"] for e in sent] == [
        "unknown", "received_at_origin_facility", "arrived_at_facility", "out_for_delivery",
    ]  # fmt: skip
    assert [e["previous_attributes"] for e in sent] == [
        {}, {},
        {"status_detail": "received_at_origin_facility"},
        {"status": "in_transit", "status_detail": "arrived_at_facility"},
    ]  # fmt: skip
    for event in sent:
        kept = ask(one, "GET", f"/events/{event['id']}").json()
        assert kept["result"] == event["result"]
        assert kept["previous_attributes"] == event["previous_attributes"]
        bodies = ask(one, "GET", f"/events/{event['id']}/payloads").json()["payloads"]
        assert [json.loads(payload["request_body"]) for payload in bodies] == [event]


def test_an_event_that_is_sent_again_is_the_same(server: Served) -> None:
    one, number = server.account("easypost"), "94001888777766669301"
    answers = [200, 500]
    with receiver(lambda _: (answers.pop(0) if answers else 200, b"")) as shy:
        hook(one, shy.url)
        follow(one, number)
        shy.wait(1)
        one.scan({"number": number, "carrier": "usps", "code": "picked_up",
                  "occurred_at": "2026-11-01T08:00:00-05:00"})  # fmt: skip
        shy.wait(2)
        one.scan({"number": number, "carrier": "usps", "code": "delivered",
                  "occurred_at": "2026-11-01T18:00:00-05:00"})  # fmt: skip
        shy.wait(3)
        failed = until(lambda: next((d for d in one.deliveries() if d["last_code"] == 500), None))
        url = f"{server.url}/v1/deliveries/{failed['id']}/replay"
        assert httpx2.post(url, headers={"Authorization": f"Bearer {one.key}"}).status_code < 300
        shy.wait(4)
        first, later = json.loads(shy.got[1][2]), json.loads(shy.got[3][2])

    assert first == later
    assert later["result"]["status"] == "in_transit"


def test_a_tracker_of_which_nothing_is_known_has_its_event(server: Served) -> None:
    one = server.account("easypost")
    with receiver(lambda _: (200, b"")) as good:
        hook(one, good.url)
        ask(one, "POST", "/trackers", content='{"tracker": {"tracking_code": "ZZ771200431"}}')
        good.wait(1)
        event = json.loads(good.got[0][2])

    assert (event["description"], event["result"]["status"]) == ("tracker.created", "unknown")
    assert ask(one, "GET", f"/events/{event['id']}").json()["result"] == event["result"]


def test_pages_of_events(server: Served) -> None:
    one = server.account("easypost")
    with receiver(lambda _: (200, b"")) as good:
        hook(one, good.url)
        for last in "123":
            follow(one, f"9400188877776666910{last}")
        good.wait(3)
        until(lambda: len(events(one)["events"]) == 3)

    every = [event["id"] for event in events(one)["events"]]
    first = events(one, "?page_size=2")
    rest = events(one, f"?page_size=2&before_id={every[1]}")
    assert ([e["id"] for e in first["events"]], first["has_more"]) == (every[:2], True)
    assert ([e["id"] for e in rest["events"]], rest["has_more"]) == (every[2:], False)
    assert events(one, "?end_datetime=2020-01-01T00:00:00Z")["events"] == []


def test_events_are_of_ones_own_account_only(server: Served) -> None:
    one, other = server.account("easypost"), server.account("easypost")
    with receiver(lambda _: (200, b"")) as good:
        hook(one, good.url)
        follow(one, NUMBER)
        good.wait(1)
    event = json.loads(good.got[0][2])["id"]

    assert ask(other, "GET", f"/events/{event}").status_code == 404
    assert events(other)["events"] == []
    for path in ("/events/evt_1", f"/events/{event}/payloads/payload_0", "/events/trk_0"):
        found = ask(one, "GET", path)
        assert (found.status_code, found.json()["error"]["code"]) == (404, "NOT_FOUND"), path


def test_whose_key_it_is(server: Served) -> None:
    one = server.account("easypost", tenant="pages and parcels")

    me = ask(one, "GET", "/users").json()

    assert (me["object"], me["name"]) == ("User", "pages and parcels")
    assert ask(one, "GET", f"/users/{me['id']}").json() == me
    assert ask(one, "GET", "/users/user_1").status_code == 404
    bad = httpx2.get(f"{server.url}/v2/users", headers={"Authorization": "Bearer no"})
    assert bad.status_code == 401


def test_a_body_of_null_is_none(server: Served) -> None:
    one = server.account("easypost")

    found = ask(one, "POST", "/trackers", content="null")

    assert found.status_code == 422
    assert found.json()["error"]["errors"][0]["field"] == "tracking_code"
