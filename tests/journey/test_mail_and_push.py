"""Buyers and merchants are told by mail, push and text message, over real servers."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from journey.running import NOW, Caller, Clock, Running, running, scan
from patience import once
from push_browser import PushBrowser, claims_of
from smtp_server import SmtpServer, certificate

pytest_plugins = ["pg"]
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def app(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("notify")
    given: dict[str, Any] = {"data": data, "allow_private_targets": True, "public_burst": 10_000}
    with running(module_url, Clock(), **given) as started:
        care = next(one for one in started.milepost.features if hasattr(one, "limiter"))
        care.limiter.__init__(1_000.0, 10_000)
        yield started


@pytest.fixture
def me(app: Running) -> Caller:
    app.clock.now = NOW
    caller = app.caller()
    app.call(app.milepost._know_tenants)
    return caller


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def mailing(me: Caller, server: SmtpServer, **more: Any) -> None:
    """The tenant's mail goes out through this server."""
    settings = {"host": "127.0.0.1", "port": server.port, "security": "none",
                "sender": "post@teahouse.example", **more}  # fmt: skip
    answer = put(me, "/v1/channels/email", {"settings": settings})
    assert answer.status_code == 200, answer.text


def put(me: Caller, path: str, body: Any) -> Any:
    return me.client.put(path, json=body, headers=me.headers)


def number() -> str:
    return f"SF7{next(_NUMBERS):011}"


def subscribe(me: Caller, parcel: str, address: str, **more: Any) -> Any:
    return me.client.post(
        f"/t/{parcel}/subscribe", data={"email": address, **more}, follow_redirects=False
    )


def link_in(text: str, what: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/subscriptions/[^\s]+/{what})", text)
    assert found is not None, text
    return found[1]


def subscribed(me: Caller, server: SmtpServer, parcel: str, address: str, **more: Any) -> str:
    """Asked, and confirmed by the link; where the link to end it is."""
    before = len(server.mails)
    assert subscribe(me, parcel, address, **more).status_code == 303
    mail = server.count(before + 1)[-1]
    confirm = link_in(mail.part("plain"), "confirm")
    assert "keep me posted" in me.client.get(confirm).text
    assert me.client.post(confirm).status_code == 200
    return confirm


def test_a_buyer_asks_says_yes_is_told_and_ends_it(
    app: Running, me: Caller, smtp: SmtpServer
) -> None:
    mailing(me, smtp)
    parcel = number()
    me.scan(scan(parcel, 9, "info_received"))
    assert subscribe(me, parcel, "ana@example.org").status_code == 303
    (question,) = smtp.count(1)
    assert question.to == ["ana@example.org"]
    me.scan(scan(parcel, 8, "picked_up"))
    confirm = link_in(question.part("plain"), "confirm")
    me.client.get(confirm)
    sleep(0.3)
    assert len(smtp.mails) == 1, "to look at a link is no yes"

    assert "keep you posted" in me.client.post(confirm).text
    me.scan(scan(parcel, 2, "out_for_delivery"))
    news = smtp.count(2)[1]
    message = news.message
    assert "comes today" in message["Subject"]
    assert parcel in news.part("plain")
    assert parcel in news.part("html")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = link_in(message["List-Unsubscribe"].strip("<>"), "stop")
    assert link_in(news.part("plain"), "stop") == stop

    assert me.client.get(stop).status_code == 200
    one_click = {"List-Unsubscribe": "One-Click"}
    assert me.client.post(stop, data=one_click).status_code == 200
    me.scan(scan(parcel, 1, "delivered"))
    sleep(0.4)
    assert len(smtp.mails) == 2
    assert me.client.get(stop).status_code == 404


def test_no_address_lies_in_the_open(app: Running, me: Caller, smtp: SmtpServer) -> None:
    mailing(me, smtp)
    parcel = number()
    me.scan(scan(parcel, 9, "in_transit.arrived_hub"))
    subscribed(me, smtp, parcel, "hidden.person@example.org")
    for table in ("subscription", "buyer_subscription", "delivery", "channel_setting"):
        rows = app.sql(f"SELECT t::text AS line FROM {table} t WHERE tenant = $1", me.tenant)
        assert rows
        for row in rows:
            assert "hidden.person" not in row["line"]
            assert "teahouse.example" not in row["line"]
    assert "hidden.person" not in me.get("/v1/deliveries").text
    assert me.get("/v1/subscriptions").json()["subscriptions"] == []


def test_mail_speaks_the_buyers_language_and_the_stores_name(
    app: Running, me: Caller, smtp: SmtpServer
) -> None:
    mailing(me, smtp)
    app.sql(
        "UPDATE tenant SET settings = settings || '{\"page\": {\"name\": \"Tea & Co\", "
        "\"accent\": \"#c2185b\"}}' WHERE id = $1", me.tenant,
    )  # fmt: skip
    parcel = number()
    me.scan(scan(parcel, 9, "in_transit.arrived_hub"))
    me.client.cookies.clear()
    answer = me.client.post(
        f"/t/{parcel}/subscribe?lang=zh", data={"email": "wang@example.org"}, follow_redirects=False
    )
    assert answer.status_code == 303
    mail = smtp.count(1)[0]
    assert mail.message["From"].addresses[0].display_name == "Tea & Co"
    assert mail.message["Content-Language"] == "zh"
    assert 'lang="zh' in mail.part("html")
    assert "Tea &amp; Co" in mail.part("html")
    assert "#c2185b" in mail.part("html")
    assert "确认" in str(mail.message["Subject"])


def test_nobody_can_be_bombed(app: Running, me: Caller, smtp: SmtpServer) -> None:
    mailing(me, smtp)
    parcels = [number() for _ in range(6)]
    me.scan(*(scan(one, 9, "in_transit.arrived_hub") for one in parcels))
    answers = [subscribe(me, one, "victim@example.org") for one in parcels]
    again = [subscribe(me, parcels[0], "Victim@example.org") for _ in range(5)]
    assert {one.status_code for one in [*answers, *again]} == {303}
    assert {one.headers["location"].partition("?")[2] for one in [*answers, *again]} == {
        "subscribe=sent#subscribe"
    }
    smtp.count(3)
    sleep(0.4)
    assert len(smtp.mails) == 3

    stop_all = link_in(smtp.mails[0].part("plain"), "stop")
    me.client.post(stop_all, data={"all": "1"})
    app.clock.now = NOW.replace(day=NOW.day + 1)
    subscribe(me, number(), "victim@example.org")
    subscribe(me, parcels[5], "victim@example.org")
    sleep(0.4)
    assert len(smtp.mails) == 3, "who wants nothing is asked nothing"


def test_refusals_for_now_are_tried_again_and_others_are_not(
    app: Running, me: Caller, smtp: SmtpServer
) -> None:
    mailing(me, smtp)
    chance = app.milepost.telling.announcer
    chance._chance = lambda: 0.001
    parcel = number()
    me.scan(scan(parcel, 9, "in_transit.arrived_hub"))
    smtp.refusals += ["450 4.2.1 mailbox busy", "451 4.3.0 later"]
    subscribed(me, smtp, parcel, "busy@example.org")
    assert smtp.tries == 3

    smtp.refusals.append("554 5.7.1 spam")
    me.scan(scan(parcel, 3, "out_for_delivery"))
    failed = waiting_for(me, "failed", 1)
    assert failed[0]["last_code"] == 554
    assert smtp.tries == 4
    me.post(f"/v1/deliveries/{failed[0]['id']}/replay")
    assert "comes today" in smtp.count(2)[1].message["Subject"]

    smtp.refusals.append("550 5.1.1 no such user")
    me.scan(scan(parcel, 2, "delivered"))
    waiting_for(me, "failed", 1)
    row = app.sql("SELECT active, disabled_why FROM subscription WHERE tenant = $1", me.tenant)[0]
    assert row["active"] is False


def waiting_for(me: Caller, state: str, wanted: int) -> list[dict[str, Any]]:
    found = once(
        lambda: me.get("/v1/deliveries", params={"state": state}).json()["deliveries"],
        lambda found: len(found) >= wanted,
    )
    assert len(found) >= wanted, me.get("/v1/deliveries").text
    return list(found)


def test_mail_is_encrypted_and_signed_in_where_the_server_wants_it(
    me: Caller, tmp_path: Path
) -> None:
    pem = certificate(tmp_path / "mail.pem")
    with SmtpServer(tls=tmp_path / "mail.pem", password="s3cret") as server:
        mailing(me, server, security="starttls", user="teahouse", password="s3cret", ca_pem=pem)
        answer = me.post("/v1/channels/email/test", {"to": "me@teahouse.example"}).json()
        assert answer["delivered"], answer
        assert server.mails[0].encrypted
        assert server.mails[0].user == "teahouse"

        shown = me.get("/v1/channels/email").json()["settings"]
        assert "s3cret" not in str(shown)
        assert put(me, "/v1/channels/email", {"settings": shown}).status_code == 200
        assert me.post("/v1/channels/email/test", {"to": "me@teahouse.example"}).json()["delivered"]

        mailing(me, server, security="starttls", user="teahouse", password="wrong", ca_pem=pem)
        answer = me.post("/v1/channels/email/test", {"to": "me@teahouse.example"}).json()
        assert answer["delivered"] is False
        assert "password" in answer["error"]
        mailing(me, server, security="starttls", user="teahouse", password="s3cret")
        answer = me.post("/v1/channels/email/test", {"to": "me@teahouse.example"}).json()
        assert "certificate" in answer["error"].lower()


def test_a_merchant_is_mailed_alerts(me: Caller, smtp: SmtpServer) -> None:
    mailing(me, smtp)
    wanted = {"channel": "email", "url": "mailto:ops@teahouse.example",
              "events": ["shipment.status_changed"]}  # fmt: skip
    assert me.post("/v1/subscriptions", wanted).status_code == 201
    assert me.post("/v1/subscriptions", wanted | {"url": "mailto:no address"}).status_code == 422
    parcel = number()
    me.scan(scan(parcel, 5, "exception.damaged"))
    mail = smtp.count(1)[0]
    assert mail.to == ["ops@teahouse.example"]
    assert parcel in mail.message["Subject"]


def test_a_browser_is_told_and_forgotten_when_it_is_gone(app: Running, me: Caller) -> None:
    parcel = number()
    me.scan(scan(parcel, 9, "in_transit.arrived_hub"))
    with PushBrowser() as browser:
        wish = {"push": browser.subscription, "topics": ["out_for_delivery", "delivered"]}
        answer = me.client.post(
            f"/t/{parcel}/subscribe", json=wish, headers={"accept": "application/json"}
        )
        assert answer.status_code == 202, answer.text
        me.scan(scan(parcel, 5, "out_for_delivery"))
        browser.count(1)
        headers, body = browser.got[0]
        shown = browser.read(body)
        assert "comes today" in shown["title"]
        assert shown["url"].endswith(f"/t/{parcel}?lang=en")
        assert parcel.encode() not in body
        assert headers["content-encoding"] == "aes128gcm"
        assert headers["urgency"] == "high"
        assert int(headers["ttl"]) > 0
        claims = claims_of(headers["authorization"])
        assert claims["aud"] == browser.origin
        assert claims["sub"].startswith(("https:", "mailto:"))
        file = app.milepost.settings.data / "vapid.pem"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

        browser.answers.append(410)
        me.scan(scan(parcel, 1, "delivered"))
        browser.count(2)
        waiting_for(me, "failed", 1)
    bad = me.client.post(f"/t/{parcel}/subscribe", json={"push": {"endpoint": "x"}},
                         headers={"accept": "application/json"})  # fmt: skip
    assert bad.status_code == 422


def test_a_new_window_is_told_once(app: Running, me: Caller, smtp: SmtpServer) -> None:
    mailing(me, smtp)
    parcel = number()
    me.scan(scan(parcel, 9, "in_transit.arrived_hub"))
    subscribed(me, smtp, parcel, "when@example.org", topic="window")
    later = {"estimated_to": "2026-11-23T18:00:00+08:00", "code": "promise"}
    me.scan(scan(parcel, 3, **later))
    mail = smtp.count(2)[1]
    assert "new time" in mail.message["Subject"]
    assert "Monday" in mail.part("plain")
    me.scan(scan(parcel, 1, "in_transit.departed_hub"))
    sleep(0.4)
    assert len(smtp.mails) == 2
