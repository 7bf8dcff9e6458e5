"""Accounts upstream, polled and pushing. Upstream is another Milepost, spoken to in its dialects;
and a server that misbehaves.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from clients import sink
from journey.compat.serving import Served, served
from milepost.cli.keys import create_key
from milepost.intake.poll import asked, politeness, poller
from milepost.wiring.features.polling import Polling
from patience import until

pytest_plugins = ["pg"]
SLOW_S = 20.0
AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)


@pytest.fixture(scope="module", autouse=True)
def hurry() -> Iterator[None]:
    """Waits of a test's length."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asked, "REGISTERED_WAIT_S", 0)
        patch.setattr(poller, "GATHER_EVERY_S", 0.1)
        patch.setattr(poller, "REST_S", 0.1)
        patch.setattr(poller, "LOOK_EVERY_S", 0.2)
        patch.setattr(politeness, "FIRST_WAIT_S", 0.05)
        yield


@pytest.fixture(scope="module")
def upstream(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data: Path = tmp_path_factory.mktemp("upstream")
    with served(module_url, data) as started:
        yield started


@pytest.fixture(scope="module")
def mine(
    postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    from pg import fresh

    data: Path = tmp_path_factory.mktemp("mine")
    with fresh(postgres, template) as url, served(url, data) as started:
        yield started


class Me:
    """A tenant of ours on the native API."""

    def __init__(self, server: Served, tenant: str) -> None:
        import asyncio

        self.server = server
        self.key = asyncio.run(create_key(server.settings, tenant, "test"))

    def ask(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        answer = httpx2.request(
            method, self.server.url + path, json=body, timeout=30,
            headers={"Authorization": f"Bearer {self.key}"},
        )  # fmt: skip
        wanted = status or {"POST": 201, "DELETE": 204}.get(method, 200)
        assert answer.status_code == wanted, answer.text
        return answer.json() if answer.content else None

    def ship(self, number: str, carrier: str) -> None:
        self.ask("POST", "/v1/shipments", {"number": number, "carrier": carrier})

    def connect(self, source: str, credentials: dict[str, str], **more: Any) -> str:
        body = {"source": source, "credentials": credentials, "rate_per_s": 50, **more}
        return str(self.ask("POST", "/v1/connections", body)["id"])

    def connection(self, one: str) -> dict[str, Any]:
        return dict(self.ask("GET", f"/v1/connections/{one}"))

    def status(self, number: str) -> str:
        return str(self.ask("GET", f"/v1/track/{number}")["status"]["sub"])


def scan(number: str, carrier: str, code: str, hours: float = 0) -> dict[str, Any]:
    at = AGO + timedelta(hours=hours)
    texts = {"picked_up": "【杭州市】已揽收", "in_transit.arrived_hub": "快件到达【上海转运中心】"}
    return {"number": number, "carrier": carrier, "code": code, "occurred_at": at.isoformat(),
            "text": texts.get(code, "Arrived at facility")}  # fmt: skip


CASES = {
    "kdniao": ("yto", "YT880011223300{}", ("EBusinessID", "ApiKey")),
    "kuaidi100": ("yto", "YT880011223311{}", ("customer", "key")),
    "17track": ("china-post", "RR10203041{}CN", ("token",)),
    "aftership": ("usps", "94001118992238570001{}", ("api_key",)),
    "easypost": ("usps", "94001118992238570002{}", ("api_key",)),
}


@pytest.mark.parametrize("source", CASES)
def test_round_trip_with_another_milepost(source: str, upstream: Served, mine: Served) -> None:
    carrier, pattern, names = CASES[source]
    number = pattern.format("7")
    there = upstream.account(source)
    there.scan(scan(number, carrier, "picked_up"))
    there.scan(scan(number, carrier, "in_transit.arrived_hub", 2))
    me = Me(mine, f"round {source}")
    me.ship(number, carrier)
    credentials = {name: there.fields[name] for name in names}
    one = me.connect(source, credentials, base_url=upstream.url)

    until(lambda: me.status(number).startswith("in_transit"))

    shown = until(lambda: (c := me.connection(one))["last_answer_at"] and c)
    assert shown["state"] == "ok"
    assert shown["breaker"] == "closed"
    assert shown["last_error"] is None
    assert shown["spent_today"] >= 1
    assert shown["freshness"]["tracked"] == 1
    assert shown["freshness"]["p99_s"] < 30
    assert shown["credentials"] == sorted(credentials)
    assert not any(value in json.dumps(shown) for value in credentials.values())
    events = me.ask("GET", f"/v1/track/{number}")["events"]
    assert source in {event["source"] for event in events}
    # Asked for once, and not again before its time.
    spent = shown["spent_today"]
    time.sleep(0.5)
    assert me.connection(one)["spent_today"] == spent
    me.ask("DELETE", f"/v1/connections/{one}")


def test_only_what_a_connection_covers_is_asked_for(upstream: Served, mine: Served) -> None:
    there = upstream.account("kdniao")
    me = Me(mine, "covered")
    me.ship("YT8800112233991", "yto")
    me.ship("770011223344551", "sto")
    me.ask("POST", "/v1/scans", [scan("YT8800112233992", "yto", "delivered")], 202)
    one = me.connect("kdniao", dict(there.fields), base_url=upstream.url, carriers=["yto"])

    until(lambda: me.connection(one)["last_answer_at"])

    time.sleep(0.3)
    assert me.connection(one)["freshness"]["tracked"] == 1
    me.ask("DELETE", f"/v1/connections/{one}")


def test_a_push_reaches_a_subscriber_in_seconds_past_a_slow_one(mine: Served) -> None:
    me = Me(mine, "pushed")
    me.ship("RR400500600CN", "china-post")
    one = me.connect("17track", {"token": "tok"}, base_url="http://127.0.0.1:9", active=True)
    push_url = me.connection(one)["push_url"]
    body = webhook("RR400500600CN")
    sign = hashlib.sha256(body + b"/tok").hexdigest()
    with slow_server() as slow, sink() as quick:
        for url in (slow, quick.url):
            me.ask("POST", "/v1/subscriptions", {"url": url, "events": ["shipment.status_changed"]})
        bad = httpx2.post(push_url, content=body, headers={"sign": "0" * 64})
        assert bad.status_code == 401
        assert (
            httpx2.post(push_url.replace(f"/{one}/", "/999999/"), content=body).status_code == 404
        )
        began = time.monotonic()
        assert httpx2.post(push_url, content=body, headers={"sign": sign}).status_code == 200
        quick.wait(1)
        assert time.monotonic() - began < SLOW_S
    assert json.loads(quick.got[0].body)["data"]["number"] == "RR400500600CN"
    assert me.status("RR400500600CN").startswith("in_transit")
    assert me.connection(one)["last_push_at"]
    me.ask("DELETE", f"/v1/connections/{one}")


def webhook(number: str) -> bytes:
    at = AGO.isoformat()
    event = {"time_iso": at, "time_utc": at, "description": "Arrived at facility",
             "sub_status": "InTransit_Other", "location": "SHANGHAI"}  # fmt: skip
    providers = [{"provider": {"key": 3011}, "events": [event]}]
    info = {"latest_event": event, "tracking": {"providers": providers}}
    data = {"number": number, "carrier": 3011, "track_info": info}
    return json.dumps({"event": "TRACKING_UPDATED", "data": data}).encode()


class Upset:
    """A source that misbehaves as it is told: each answer a function of the handler."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.usual: Callable[[BaseHTTPRequestHandler], None] = fine
        self.next: list[Callable[[BaseHTTPRequestHandler], None]] = []
        self.asked: list[tuple[float, str]] = []
        self.at_once = self.most_at_once = 0


def say(status: int, body: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def fine(handler: BaseHTTPRequestHandler) -> None:
    number = handler.path.partition("trackingNumber=")[2]
    event = {"timestamp": AGO.isoformat(), "statusCode": "transit", "description": "Departed"}
    body = {"shipments": [{"id": number, "service": "express", "events": [event]}]}
    say(200, json.dumps(body).encode())(handler)


def half(handler: BaseHTTPRequestHandler) -> None:
    say(200, b'{"shipments": [', content_length="4000")(handler)
    handler.close_connection = True


@contextmanager
def upset() -> Iterator[Upset]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.asked.append((time.monotonic(), self.path))
            made.at_once += 1
            made.most_at_once = max(made.most_at_once, made.at_once)
            try:
                (made.next.pop(0) if made.next else made.usual)(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            finally:
                made.at_once -= 1

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Upset(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@contextmanager
def slow_server() -> Iterator[str]:
    """A subscriber that takes its time."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            time.sleep(SLOW_S)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def test_retry_after_is_kept_and_shown(mine: Served) -> None:
    me = Me(mine, "throttled")
    me.ship("1234567811", "dhl")
    with upset() as source:
        source.next = [say(429, b"slow down", retry_after="2")]
        one = me.connect("dhl", {"api_key": "k"}, base_url=source.url)
        shown = until(lambda: (c := me.connection(one))["state"] == "throttled" and c)
        assert shown["waits_until"]
        assert "slow down" in shown["last_error"]
        until(lambda: me.connection(one)["state"] == "ok")
        gap_s = source.asked[1][0] - source.asked[0][0]
        assert gap_s >= 1.9
        assert me.status("1234567811").startswith("in_transit")
        me.ask("DELETE", f"/v1/connections/{one}")


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (say(500, b"oops"), "500 oops"),
        (say(200, b"<html>maintenance</html>"), "not an answer of this source"),
        (half, "closed the connection"),
        (lambda _: time.sleep(1.5), "No answer within"),
    ],
    ids=["500", "garbage", "half a body", "slow"],
)
def test_a_source_in_trouble_is_given_rest(
    mine: Served, answer: Callable[[BaseHTTPRequestHandler], None], word: str
) -> None:
    me = Me(mine, f"trouble {word}")
    numbers = [f"{1234567820 + index}" for index in range(6)]
    for number in numbers:
        me.ship(number, "dhl")
    feature = next(one for one in mine.milepost.features if isinstance(one, Polling))
    feature._fetch._timeout_s = 0.3
    with upset() as source:
        source.usual = answer
        one = me.connect("dhl", {"api_key": "k"}, base_url=source.url, concurrency=3)
        shown = until(lambda: (c := me.connection(one))["breaker"] == "open" and c)
        assert shown["state"] == "failing"
        assert word in shown["last_error"]
        assert source.most_at_once <= 3 or "No answer" in word  # those are given up
        feature._fetch._timeout_s = 30.0
        source.usual = fine
        until(lambda: me.connection(one)["breaker"] == "closed")
        until(lambda: all(me.status(number).startswith("in_tr") for number in numbers), 30)
        me.ask("DELETE", f"/v1/connections/{one}")


def test_the_budget_of_a_day_is_never_passed(mine: Served) -> None:
    me = Me(mine, "budget")
    for index in range(8):
        me.ship(f"{1234567840 + index}", "dhl")
    with upset() as source:
        one = me.connect("dhl", {"api_key": "k"}, base_url=source.url, daily_budget=5,
                         concurrency=4)  # fmt: skip
        shown = until(lambda: (c := me.connection(one))["state"] == "budget_spent" and c)
        time.sleep(0.3)
        assert len(source.asked) == 5
        assert shown["spent_today"] == 5
        assert shown["waits_until"]
        me.ask("DELETE", f"/v1/connections/{one}")


def test_two_processes_never_ask_for_the_same_number_twice(mine: Served) -> None:
    import asyncio

    me = Me(mine, "twice")
    numbers = [f"{1234567900 + index}" for index in range(30)]
    for number in numbers:
        me.ship(number, "dhl")
    feature = next(one for one in mine.milepost.features if isinstance(one, Polling))

    async def another() -> asyncio.Task[None]:
        return asyncio.create_task(poller.Poller(feature.tools).run())

    others = [mine.call(another()) for _ in range(2)]
    with upset() as source:
        one = me.connect("dhl", {"api_key": "k"}, base_url=source.url, concurrency=4)
        until(lambda: me.connection(one)["freshness"]["due"] == 0 and len(source.asked) >= 30)
        time.sleep(0.5)
        assert sorted(path for _, path in source.asked) == sorted(
            {path for _, path in source.asked}
        )
        me.ask("DELETE", f"/v1/connections/{one}")

    async def end(task: asyncio.Task[None]) -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    for task in others:
        mine.call(end(task))


def test_paused_tested_changed_and_kept_apart(mine: Served) -> None:
    me, other = Me(mine, "desk"), Me(mine, "another desk")
    me.ship("1234567999", "dhl")
    with upset() as source:
        one = me.connect("dhl", {"api_key": "k"}, base_url=source.url, active=False)
        assert me.connection(one)["state"] == "paused"
        tried = me.ask("POST", f"/v1/connections/{one}/test", {"number": "1234567999"}, 200)
        assert (tried["ok"], tried["scans"]) == (True, 1)
        source.next = [say(401, b"no such key")]
        tried = me.ask("POST", f"/v1/connections/{one}/test", {"number": "1234567999"}, 200)
        assert (tried["ok"], tried["outcome"]) == (False, "refused")
        assert len(source.asked) == 2
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test")):
            body = {"number": "1"} if method == "POST" else None
            other.ask(method, f"/v1/connections/{one}{path}", body, 404)
        assert other.ask("GET", "/v1/connections")["connections"] == []
        source.next = [say(401, b"no such key")]
        me.ask("PATCH", f"/v1/connections/{one}", {"active": True})
        until(lambda: me.connection(one)["state"] == "refused")
        # New credentials are tried at once.
        me.ask("PATCH", f"/v1/connections/{one}", {"credentials": {"api_key": "k2"}})
        until(lambda: me.connection(one)["state"] == "ok")
        me.ask("DELETE", f"/v1/connections/{one}")


@pytest.mark.parametrize(
    "body",
    [
        {"source": "nobody", "credentials": {}},
        {"source": "dhl", "credentials": {}},
        {"source": "dhl", "credentials": {"api_key": "k", "more": "x"}},
        {"source": "dhl", "credentials": {"api_key": "k"}, "base_url": "ftp://x"},
        {"source": "dhl", "credentials": {"api_key": "k"}, "rate_per_s": 0},
        {"source": "dhl", "credentials": {"api_key": "k"}, "options": {"path": "@evil"}},
    ],
)
def test_bad_connections_are_refused(mine: Served, body: Any) -> None:
    Me(mine, "bad").ask("POST", "/v1/connections", body, 422)


def test_credentials_are_sealed(mine: Served) -> None:
    import asyncio

    import asyncpg

    me = Me(mine, "sealed")
    one = me.connect("dhl", {"api_key": "plain-to-see"}, active=False)

    async def rows() -> str:
        connection = await asyncpg.connect(mine.settings.database)
        try:
            return str(await connection.fetch("SELECT * FROM connection"))
        finally:
            await connection.close()

    assert "plain-to-see" not in asyncio.run(rows())
    me.ask("DELETE", f"/v1/connections/{one}")


def cli(me: Me, *words: str, code: int = 0) -> Any:
    """What the command line prints as JSON."""
    from click.testing import CliRunner

    from milepost.cli import main

    where = ["--url", me.server.url, "--key", me.key, "--json"]
    done = CliRunner().invoke(main, ["connections", *words, *where])
    assert done.exit_code == code, done.output
    return json.loads(done.output)


def test_the_command_line(mine: Served) -> None:
    me = Me(mine, "command line")
    with upset() as source:
        words = ["dhl", "-c", "api_key=k", "--base-url", source.url, "--daily-budget", "7",
                 "-o", "longest_s=7200", "--paused"]  # fmt: skip
        one = cli(me, "add", *words)
        assert (one["state"], one["daily_budget"]) == ("paused", 7)
        assert one["options"] == {"longest_s": 7200}
        assert cli(me, "test", one["id"], "1234567000")["scans"] == 1
        source.next = [say(401, b"no")]
        assert cli(me, "test", one["id"], "1234567000", code=1)["outcome"] == "refused"
        assert cli(me, "resume", one["id"])["active"] is True
        assert [found["id"] for found in cli(me, "list")] == [one["id"]]
        assert cli(me, "pause", one["id"])["active"] is False
        assert "17track" in {found["source"] for found in cli(me, "sources")}
        assert cli(me, "remove", one["id"]) == {"removed": one["id"]}
        assert cli(me, "list") == []


def test_what_is_due_survives_a_restart(postgres: str, template: str, tmp_path: Path) -> None:
    from pg import fresh

    with fresh(postgres, template) as url, upset() as source:
        with served(url, tmp_path) as first:
            me = Me(first, "restart")
            me.ship("1234568001", "dhl")
            source.next = [say(429, b"later", retry_after="3")]
            one = me.connect("dhl", {"api_key": "k"}, base_url=source.url)
            until(lambda: me.connection(one)["state"] == "throttled")
        with served(url, tmp_path) as second:
            me.server = second
            assert me.connection(one)["state"] == "throttled"
            assert len(source.asked) == 1  # what the source asked for is kept too
            until(lambda: me.connection(one)["state"] == "ok")
            assert me.status("1234568001").startswith("in_transit")
            assert source.asked[1][0] - source.asked[0][0] >= 2.9
