"""Standing EPCIS queries: each new event is told, once, whatever happens in between."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from standardwebhooks import Webhook

from journey.running import NOW, Caller, Clock, Running, running
from milepost.wiring.features.epcis import EpcisFeature
from patience import once, until

pytest_plugins = ["pg"]
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
QUERY = "/v1/epcis/queries"


class Partner:
    """A subscriber on a real socket."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        partner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                partner.got.append((headers, body))
                self.send_response(partner.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/callback"
        self.thread = Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def wait(self, count: int) -> None:
        once(lambda: len(self.got), lambda many: many >= count)
        assert len(self.got) >= count, f"{len(self.got)} messages of {count}"

    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(body)["epcisBody"]["queryResults"] for _, body in self.got]

    def steps(self) -> list[str]:
        return [
            event["bizStep"]
            for one in self.documents()
            for event in one["resultsBody"]["eventList"]
        ]


@pytest.fixture
def partner() -> Iterator[Partner]:
    found = Partner()
    yield found
    found.close()


@pytest.fixture(scope="module")
def app(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("standing")
    with running(module_url, data=folder, allow_private_targets=True) as found:
        yield found


@pytest.fixture
def clock(app: Running) -> Clock:
    return app.clock


@pytest.fixture
def me(app: Running) -> Iterator[Caller]:
    found = app.caller()
    yield found
    found.client.delete(f"{QUERY}/gate", headers=found.headers)


def capture(me: Caller, *steps: str, hours: float = 2) -> None:
    events = [
        {
            "type": "ObjectEvent",
            "eventTime": (NOW - timedelta(hours=hours, seconds=place)).isoformat(),
            "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": step,
            "epcList": ["urn:epc:id:sscc:6901234.0000000017"],
        }
        for place, step in enumerate(steps)
    ]  # fmt: skip
    document = {
        "@context": [CONTEXT], "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": NOW.isoformat(), "epcisBody": {"eventList": events},
    }  # fmt: skip
    assert me.post("/v1/epcis/capture", document).status_code == 202


def subscribe(me: Caller, partner: Partner, name: str = "gate", **more: Any) -> dict[str, Any]:
    query = {"EQ_bizStep": ["arriving", "departing"]}
    assert me.post(QUERY, {"name": name, "query": query}).status_code in (201, 409)
    answer = me.post(f"{QUERY}/{name}/subscriptions", {"dest": partner.url, **more})
    assert answer.status_code == 201, answer.text
    assert me.get(answer.headers["Location"]).json()["subscriptionID"]
    found: dict[str, Any] = answer.json()
    return found


def turn(app: Running) -> int:
    feature = next(one for one in app.milepost.features if isinstance(one, EpcisFeature))
    count: int = app.call(feature.watch.turn)
    return count


def test_a_stream_tells_each_new_event_once(app: Running, me: Caller, partner: Partner) -> None:
    capture(me, "departing", hours=9)
    one = subscribe(me, partner, stream=True, signatureToken="not-a-standard-secret")

    capture(me, "arriving", "storing", hours=5)
    partner.wait(1)
    capture(me, "departing", hours=4)
    partner.wait(2)
    capture(me, "departing", hours=4)  # the same again
    capture(me, "storing", hours=3)
    turn(app)

    assert partner.steps() == ["arriving", "departing"]
    assert "signatureToken" not in one
    assert partner.documents()[0]["queryName"] == "gate"
    assert partner.documents()[0]["subscriptionID"] == one["subscriptionID"]
    headers, body = partner.got[0]
    digest = hmac.digest(b"not-a-standard-secret", body, "sha256")
    assert headers["gs1-signature"] == base64.b64encode(digest).decode()
    assert headers["content-type"] == "application/json"
    shown = me.get(f"{QUERY}/gate/subscriptions/{one['subscriptionID']}").json()
    assert shown["lastNotifiedAt"]
    assert shown["active"]


def test_signed_after_standard_webhooks(me: Caller, partner: Partner) -> None:
    one = subscribe(me, partner, stream=True)
    capture(me, "arriving")
    partner.wait(1)

    headers, body = partner.got[0]
    Webhook(one["signatureToken"]).verify(body, headers)


def test_from_an_initial_record_time_on(me: Caller, partner: Partner, clock: Clock) -> None:
    capture(me, "departing", hours=9)
    clock.now += timedelta(minutes=5)
    since = clock.now.isoformat()
    capture(me, "arriving", hours=8)
    subscribe(me, partner, stream=True, initialRecordTime=since)
    partner.wait(1)

    assert partner.steps() == ["arriving"]


def test_by_schedule(app: Running, me: Caller, partner: Partner, clock: Clock) -> None:
    subscribe(me, partner, schedule={"minute": "30"}, reportIfEmpty=True)
    subscribe(me, partner, schedule={"minute": "30"})
    capture(me, "arriving")
    turn(app)
    assert partner.got == []

    clock.now += timedelta(hours=1)
    turn(app)
    partner.wait(2)
    turn(app)
    clock.now += timedelta(hours=1)
    turn(app)
    partner.wait(3)  # an empty one, to whoever wants to hear it

    assert partner.steps() == ["arriving", "arriving"]
    empty = next(one for one in partner.documents() if not one["resultsBody"]["eventList"])
    assert empty["queryName"] == "gate"


def test_many_events_go_in_several_messages(
    app: Running, me: Caller, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("milepost.stores.postgres.epcis_subscriptions.MOST_AT_ONCE", 2)
    subscribe(me, partner, stream=True)
    capture(me, *["arriving"] * 3, *["departing"] * 2)
    partner.wait(3)

    assert sorted(partner.steps()) == ["arriving"] * 3 + ["departing"] * 2


def test_what_comes_while_it_is_switched_off_is_told_later(
    app: Running, me: Caller, partner: Partner
) -> None:
    one = subscribe(me, partner, stream=True)["subscriptionID"]
    path = f"/v1/subscriptions/{one}"
    changed = me.client.patch(path, headers=me.headers, json={"url": "https://example.org/b"})
    assert changed.status_code == 409
    me.client.patch(f"/v1/subscriptions/{one}", headers=me.headers, json={"active": False})
    capture(me, "arriving")
    turn(app)
    assert me.get(f"{QUERY}/gate/subscriptions/{one}").json()["active"] is False

    me.client.patch(f"/v1/subscriptions/{one}", headers=me.headers, json={"active": True})
    partner.wait(1)
    assert partner.steps() == ["arriving"]


def test_a_subscriber_that_is_gone(me: Caller, partner: Partner) -> None:
    partner.status = 410
    one = subscribe(me, partner, stream=True)["subscriptionID"]
    capture(me, "arriving")
    partner.wait(1)

    until(lambda: not me.get(f"{QUERY}/gate/subscriptions/{one}").json()["active"])


def test_a_query_that_fails_keeps_no_other_from_being_told(
    app: Running, me: Caller, partner: Partner
) -> None:
    subscribe(me, partner, stream=True)
    app.sql("INSERT INTO epcis_query VALUES ($1, 'broken', '{\"HASATTR_bizLocation\": [\"x\"]}')",
            me.tenant)  # fmt: skip
    app.sql("UPDATE epcis_subscription SET query = 'broken' WHERE tenant = $1", me.tenant)
    subscribe(me, partner, stream=True)
    capture(me, "arriving")
    partner.wait(1)

    assert partner.steps() == ["arriving"]
    me.client.delete(f"{QUERY}/broken", headers=me.headers)


def test_nobody_elses(app: Running, me: Caller, partner: Partner) -> None:
    one = subscribe(me, partner, stream=True)["subscriptionID"]
    other = app.caller()
    capture(other, "arriving")
    turn(app)

    assert other.get(f"{QUERY}/gate/subscriptions/{one}").status_code == 404
    path = f"{QUERY}/gate/subscriptions/{one}"
    assert other.client.delete(path, headers=other.headers).status_code == 404
    assert partner.got == []


def test_list_and_end(app: Running, me: Caller, partner: Partner) -> None:
    first, second = (subscribe(me, partner, stream=True)["subscriptionID"] for _ in range(2))
    path = f"{QUERY}/gate/subscriptions"
    assert [one["subscriptionID"] for one in me.get(path).json()] == [first, second]

    assert me.client.delete(f"{path}/{first}", headers=me.headers).status_code == 204
    assert [one["subscriptionID"] for one in me.get(path).json()] == [second]
    assert me.client.delete(f"{QUERY}/gate", headers=me.headers).status_code == 204
    assert me.get(path).status_code == 404
    capture(me, "arriving")
    turn(app)
    assert partner.got == []
    assert me.get("/v1/subscriptions").json()["subscriptions"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"dest": "ftp://example.org"}, "InvalidURIException"),
        ({"dest": "https://example.org/a"}, "SubscriptionControlsException"),
        ({"dest": "https://example.org/a", "stream": True, "schedule": {"hour": "1"}},
         "SubscriptionControlsException"),
        ({"dest": "https://example.org/a", "schedule": {"hour": "25"}},
         "SubscriptionControlsException"),
        ({"dest": "https://example.org/a", "schedule": {"month": "2", "dayOfMonth": "30"}},
         "SubscriptionControlsException"),
        ({"dest": "https://example.org/a", "stream": True, "initialRecordTime": "yesterday"},
         "SubscriptionControlsException"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept(me: Caller, body: dict[str, Any], told: str) -> None:
    me.post(QUERY, {"name": "any", "query": {"EQ_bizStep": ["arriving"]}})
    answer = me.post(f"{QUERY}/any/subscriptions", body)

    assert answer.status_code == 400
    assert answer.json()["type"] == f"epcisException:{told}"


def test_queries_that_cannot_be_subscribed_to(me: Caller) -> None:
    wanted = {"dest": "https://example.org/a", "stream": True}
    me.post(QUERY, {"name": "few", "query": {"EQ_action": ["ADD"], "maxEventCount": 5}})

    assert me.post(f"{QUERY}/few/subscriptions", wanted).status_code == 400
    assert me.post(f"{QUERY}/none/subscriptions", wanted).status_code == 404
