"""A store words its mails in the console, and buyers get them so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from time import sleep
from typing import Any

import pytest
from starlette.testclient import TestClient

from journey.running import Caller, Clock, Running, running, scan
from milepost.pages.console.access.sessions import new_link
from milepost.stores.postgres.users import Users
from smtp_server import Mail, SmtpServer

pytest_plugins = ["pg"]
_TURNS = count(1)
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@pytest.fixture(scope="module")
def app(module_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("words")
    given: dict[str, Any] = {"data": data, "allow_private_targets": True, "public_burst": 10_000}
    with running(module_url, Clock(), **given) as started:
        care = next(one for one in started.milepost.features if hasattr(one, "limiter"))
        care.limiter.__init__(1_000.0, 10_000)
        yield started


class Shop:
    """A store with a mail server, a manager in the console, and buyers."""

    def __init__(self, app: Running, server: SmtpServer) -> None:
        self.app, self.server = app, server
        self.name = f"shop {next(_TURNS)}"
        self.caller: Caller = app.caller(self.name)
        app.call(app.milepost._know_tenants)
        settings = {"host": "127.0.0.1", "port": server.port, "security": "none",
                    "sender": "post@teahouse.example"}  # fmt: skip
        answer = self.caller.client.put(
            "/v1/channels/email", json={"settings": settings}, headers=self.caller.headers
        )
        assert answer.status_code == 200, answer.text
        users = Users(app.milepost.store.pool)
        manager = app.call(
            users.add, self.caller.tenant, f"{self.name[5:]}@shop.example", "manager"
        )
        self.console = TestClient(app.client.app, follow_redirects=False)
        self.console.portal = app.client.portal
        self.console.get(app.call(new_link, users, manager))

    def post(self, path: str, **fields: str) -> Any:
        csrf = CSRF.findall(self.console.get("/console/brand").text)[0]
        return self.console.post(path, data={"csrf": csrf, **fields})

    def words(self, topic: str, subject: str, text: str, language: str = "en") -> Any:
        return self.post(
            "/console/brand/mail", mail=topic, language=language, subject=subject, text=text
        )

    def news(self, code: str, language: str = "en") -> Mail:
        """What somebody gets who asked for messages when this happens."""
        parcel = f"SF8{next(_TURNS):011}"
        self.caller.scan(scan(parcel, 9, "in_transit.arrived_hub"))
        before = len(self.server.mails)
        self.caller.client.post(
            f"/t/{parcel}/subscribe?lang={language}", follow_redirects=False,
            data={"email": f"{parcel.lower()}@example.org"},
        )  # fmt: skip
        question = self.server.count(before + 1)[-1].part("plain")
        confirm = re.findall(r"https?://[^/\s]+(/subscriptions/\S+/confirm)", question)[0]
        assert self.caller.client.post(confirm).status_code == 200
        self.caller.scan(scan(parcel, 2, code, estimated_to="2026-11-23T18:00:00+08:00"))
        return self.server.count(before + 2)[-1]


@pytest.fixture
def shop(app: Running) -> Iterator[Shop]:
    with SmtpServer() as server:
        yield Shop(app, server)


def test_a_buyer_reads_the_stores_words_in_his_language(app: Running, shop: Shop) -> None:
    assert shop.words(
        "out_for_delivery", "{shop} · {number}: {status}",
        "Good morning,\n\nthe courier has it: {link}\n\nIt is held up: {reason}\n\n<b>Bye</b>",
    ).status_code == 303  # fmt: skip
    shop.words("out_for_delivery", "Heute kommt {number}", "Guten Tag!", "de")

    mail = shop.news("out_for_delivery")
    german = shop.news("out_for_delivery", "de")
    french = shop.news("out_for_delivery", "fr")

    subject = str(mail.message["Subject"])
    assert re.fullmatch(r"Milepost · SF8\d+: Out for delivery", subject), subject
    assert "Good morning," in mail.part("plain")
    assert re.search(r"the courier has it: http\S+/t/SF8\d+\?lang=en", mail.part("plain"))
    assert "held up" not in mail.part("plain"), "there is no reason: the paragraph is left out"
    assert "&lt;b&gt;Bye&lt;/b&gt;" in mail.part("html")
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(german.message["Subject"]).startswith("Heute kommt SF8")
    assert "Guten Tag!" in german.part("plain")
    assert "Good morning" not in french.part("plain")
    assert french.message["Content-Language"] == "fr"


def test_what_could_not_be_sent_is_refused_and_stays_on_the_page(shop: Shop) -> None:
    shop.words("ready", "Come", "It is here.")

    for subject, text, said in (
        ("{nummer}", "My long text", "There is no such field: {nummer}"),
        ("Come", "My long text {", "A brace opens or closes nothing"),
        ("", "My long text", "It needs a subject."),
    ):
        answer = shop.words("ready", subject, text)
        assert answer.status_code == 422
        assert said in answer.text
        assert "My long text" in answer.text

    assert "It is here." in shop.console.get("/console/brand?mail=ready&language=en").text
    assert shop.words("ready", "", "").status_code == 303
    assert "It is here." not in shop.console.get("/console/brand?mail=ready&language=en").text


@pytest.mark.parametrize(
    "mail",
    ['{"out_for_delivery": {"en": {"subject": "{broken", "text": "x"}}}',
     '{"out_for_delivery": {"subject": "x", "text": "y"}}', '[1]', '{"out_for_delivery": 7}',
     '{"out_for_delivery": {"en": {"subject": "{reason}", "text": "x"}}}'],
)  # fmt: skip
def test_nothing_in_a_template_can_stop_a_mail(app: Running, shop: Shop, mail: str) -> None:
    app.sql(
        "UPDATE tenant SET settings = settings || jsonb_build_object('mail', $2::jsonb) "
        "WHERE id = $1",
        shop.caller.tenant, mail,
    )  # fmt: skip

    assert "comes today" in str(shop.news("out_for_delivery").message["Subject"])
    assert shop.console.get("/console/brand").status_code == 200


def test_words_of_one_store_are_in_no_mail_of_another(app: Running, shop: Shop) -> None:
    shop.words("out_for_delivery", "Mine alone", "Mine alone")
    other = Shop(app, shop.server)

    assert "comes today" in str(other.news("out_for_delivery").message["Subject"])
    assert "Mine alone" not in other.console.get("/console/brand?mail=out_for_delivery").text


def test_a_forgotten_password_is_set_anew_by_a_mail(app: Running, shop: Shop) -> None:
    email = f"{shop.name[5:]}@shop.example"
    browser = TestClient(app.client.app, follow_redirects=False, client=("203.0.113.9", 50_000))
    browser.portal = app.client.portal

    def ask(address: str, csrf: str | None = None) -> Any:
        page = browser.get("/console/sign-in/forgotten").text
        given = csrf or CSRF.findall(page)[0]
        fields = {"email": address, "csrf": given}
        return browser.post("/console/sign-in/forgotten", data=fields)

    assert ask(email, "0" * 64).status_code == 403
    answers = [ask("nobody@shop.example"), *(ask(email) for _ in range(5))]
    assert {(one.status_code, one.headers["location"]) for one in answers} == {
        (303, "/console/sign-in/forgotten?sent=1")
    }
    mails = shop.server.count(3)
    text = mails[0].part("plain")
    link = re.findall(r"http://127.0.0.1:8000(/console/sign-in\?token=\S+)", text)[0]
    sleep(0.5)

    assert len(shop.server.mails) == 3, "nobody is flooded"
    assert {mail.to[0] for mail in mails} == {email}
    assert browser.get(link).headers["location"] == "/console"
    assert browser.get(link).status_code == 403
    csrf = CSRF.findall(browser.get("/console/account").text)[0]
    done = browser.post("/console/account", data={"csrf": csrf, "password": "nine loud geese"})
    assert done.status_code == 303


def test_where_no_mail_is_set_up_the_answer_is_the_same(app: Running) -> None:
    users = Users(app.milepost.store.pool)
    tenant = app.call(app.milepost.store.accounts.tenant, "no mail")
    app.call(users.add, tenant, "mute@shop.example", "admin")
    csrf = CSRF.findall(app.client.get("/console/sign-in/forgotten").text)[0]

    answer = app.client.post(
        "/console/sign-in/forgotten", data={"email": "mute@shop.example", "csrf": csrf},
        follow_redirects=False,
    )  # fmt: skip

    assert answer.headers["location"] == "/console/sign-in/forgotten?sent=1"
