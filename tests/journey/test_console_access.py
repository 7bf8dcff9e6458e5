"""Who may come in to the console, and what each may do there."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from journey.running import Running, scan
from milepost.pages.console.access.sessions import COOKIE, new_link
from milepost.stores.postgres.users import Users

pytest_plugins = ["pg"]
PASSWORD = "seven quiet herons"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
# An object's id is given again once it is gone; a sign-in address may not be.
_TURNS = count(1)


class Person:
    """A browser without script."""

    def __init__(self, app: Running, tenant: str, role: str) -> None:
        self.app = app
        self.email = f"{role}.{next(_TURNS)}@example.test"
        self.client = TestClient(app.client.app, follow_redirects=False)
        self.client.portal = app.client.portal
        self.users = Users(app.milepost.store.pool)
        self.tenant = app.call(app.milepost.store.accounts.tenant, tenant)
        self.id = app.call(self.users.add, self.tenant, self.email, role)

    def link(self) -> str:
        return self.app.call(new_link, self.users, self.id)

    def come_in(self) -> Person:
        assert self.get(self.link()).headers["location"] == "/console"
        return self

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers)

    def csrf(self, path: str = "/console") -> str:
        found = CSRF.search(self.get(path).text)
        assert found is not None
        return found[1]

    def post(self, path: str, token: bool = True, **fields: Any) -> Any:
        given = {"csrf": self.csrf(), **fields} if token else fields
        return self.client.post(path, data=given)

    def sign_in(self, password: str, email: str | None = None) -> Any:
        page = "/console/sign-in"
        fields = {"email": email or self.email, "password": password, "csrf": self.csrf(page)}
        return self.client.post(page, data=fields)


@pytest.fixture
def person(app: Running) -> Any:
    names = iter(range(1_000))

    def make(role: str = "admin", tenant: str | None = None) -> Person:
        return Person(app, tenant or f"firm {next(names)} {id(names)}", role)

    return make


def test_nobody_comes_in_without_a_session(person: Any) -> None:
    answer = person().get("/console?severity=critical")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%3Fseverity%3Dcritical"


def test_a_link_signs_in_once(person: Any) -> None:
    one = person()
    link = one.link()

    cookie = one.get(link).headers["set-cookie"]
    again = Person.get(person(), link)

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert one.get("/console").status_code == 200
    assert again.status_code == 403


def test_a_link_in_a_strange_page_does_nothing_by_itself(person: Any) -> None:
    one = person()
    link = one.link()

    answer = one.get(link, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
    assert COOKIE not in answer.headers.get("set-cookie", "")
    assert one.get(link).status_code == 303


def test_a_session_is_new_at_every_sign_in(person: Any) -> None:
    one = person()
    one.client.cookies.set(COOKIE, "chosen-by-somebody-else", path="/console")
    one.come_in()
    first = one.client.cookies.get(COOKIE, domain="testserver.local")
    one.client.cookies.delete(COOKIE, domain="")
    one.come_in()
    second = one.client.cookies.get(COOKIE, domain="testserver.local")

    assert first not in (None, "chosen-by-somebody-else", second)


def test_forms_without_the_token_change_nothing(person: Any) -> None:
    one = person().come_in()

    without = one.post("/console/account", token=False, password="long enough words")
    wrong = one.post("/console/account", csrf="0" * 64, password="long enough words")
    strange = one.client.post(
        "/console/account",
        data={"csrf": one.csrf(), "password": "long enough words"},
        headers={"Origin": "https://elsewhere.example"},
    )

    assert [without.status_code, wrong.status_code, strange.status_code] == [403] * 3
    assert one.app.call(one.users.by_email, one.email).password_hash is None


def test_a_password_signs_in_and_a_wrong_one_tells_nothing(person: Any) -> None:
    one, other = person().come_in(), person()
    one.post("/console/account", password=PASSWORD)
    one.post("/console/sign-out")

    wrong = one.sign_in("seven quiet storks")
    nobody = other.sign_in("seven quiet storks", "nobody@example.test")
    linkless = other.sign_in("seven quiet storks")
    right = one.sign_in(PASSWORD)

    assert wrong.status_code == nobody.status_code == linkless.status_code == 403
    found = re.compile(r'class="fault"[^>]*>([^<]+)')
    said = [found.findall(one.text) for one in (wrong, nobody, linkless)]
    assert said[0] == said[1] == said[2] != []
    assert right.headers["location"] == "/console"


def test_sign_in_is_slowed_down(person: Any) -> None:
    one = person()

    codes = [one.sign_in(f"guess number {n}").status_code for n in range(11)]

    assert codes[-1] == 429


def test_a_new_password_ends_other_sessions(person: Any) -> None:
    one = person().come_in()
    elsewhere = TestClient(one.app.client.app, follow_redirects=False)
    elsewhere.portal = one.app.client.portal
    elsewhere.get(one.link())
    assert elsewhere.get("/console").status_code == 200

    one.post("/console/account", password=PASSWORD)

    assert elsewhere.get("/console").status_code == 303
    assert one.get("/console").status_code == 200


def test_roles(app: Running, person: Any) -> None:
    viewer, manager = person("viewer").come_in(), person("manager").come_in()

    assert viewer.post("/console/act", action="acknowledge", number="X").status_code == 403
    assert viewer.get("/console/audit").status_code == 403
    assert viewer.get("/console/users").status_code == 403
    assert manager.get("/console/audit").status_code == 200
    assert manager.get("/console/users").status_code == 403


def test_next_leads_nowhere_else(person: Any) -> None:
    one = person().come_in()
    one.post("/console/account", password=PASSWORD)
    one.post("/console/sign-out")
    page = "/console/sign-in"
    fields = {"email": one.email, "password": PASSWORD, "next": "//elsewhere.example/console"}

    answer = one.client.post(page, data=fields | {"csrf": one.csrf(page)})

    assert answer.headers["location"] == "/console"


def troubled(app: Running, tenant: str, number: str) -> None:
    app.caller(tenant).scan(scan(number, hours=30, code="exception.damaged", text="box crushed"))
    app.written()
    worrying(app)


def worrying(app: Running) -> None:
    feature = next(one for one in app.milepost.features if hasattr(one, "worrying"))
    app.call(feature.worrying.cycle)


def test_a_worry_is_acknowledged_and_taken_back(app: Running, person: Any) -> None:
    one = person("agent", "worried").come_in()
    troubled(app, "worried", "SF1000000000017")
    assert "SF1000000000017" in one.get("/console").text

    answer = one.post("/console/act", one="acknowledge~SF1000000000017")
    gone = one.get("/console")
    act = re.search(r'name="act" value="(\d+)"', gone.text)
    assert act is not None
    undone = one.post("/console/undo", act=act[1])

    assert answer.status_code == undone.status_code == 303
    assert 'data-number="SF1000000000017"' not in gone.text
    assert 'data-number="SF1000000000017"' in one.get("/console").text


def test_a_case_is_opened_when_the_moment_has_passed(app: Running, person: Any) -> None:
    one = person("agent", "patient").come_in()
    number = "SF1000000000025"
    code = "attempt_failed.no_contact"
    app.caller("patient").scan(scan(number, hours=80, code=code), scan(number, hours=50, code=code))
    app.written()
    worrying(app)
    row = f'data-number="{number}"'
    assert row in one.get("/console").text

    one.post("/console/act", one=f"second_delivery~{number}")
    held = one.get("/console").text
    app.sql("UPDATE console_act SET runs_at = now() - interval '1 second' WHERE done_at IS NULL")
    worrying(app)
    cases = app.caller("patient").get(f"/v1/cases?number={number}").json()["cases"]

    assert row not in held
    opened = [case["case"] for case in cases if case["case"]["kind"] == "second_delivery"]
    assert [case["opened_by"] for case in opened] == [one.email]
    assert row in one.get("/console").text


def test_tenants_see_only_their_own(app: Running, person: Any) -> None:
    mine, theirs = person("admin", "ours").come_in(), person("admin", "theirs").come_in()
    troubled(app, "ours", "SF1000000000033")

    assert "SF1000000000033" in mine.get("/console/shipments").text
    assert "SF1000000000033" not in theirs.get("/console").text
    assert "SF1000000000033" not in theirs.get("/console/shipments").text
    assert theirs.get("/console/shipments/SF1000000000033").status_code == 404
    theirs.post("/console/act", one="acknowledge~SF1000000000033")
    assert 'data-number="SF1000000000033"' in mine.get("/console").text


def test_what_was_done_is_in_the_audit_log(app: Running, person: Any) -> None:
    one = person("admin", "noted").come_in()
    troubled(app, "noted", "SF1000000000041")

    one.post("/console/act", one="snooze~SF1000000000041", hours="4")
    line = app.sql("SELECT * FROM audit_log WHERE action = 'snooze'")[-1]

    assert line["actor"] == one.email
    assert line["subject"] == "shipment SF1000000000041"
    assert line["before"] is not None


def test_worth_and_time_left_rank(app: Running, person: Any) -> None:
    one = person("viewer", "ranked").come_in()
    caller = app.caller("ranked")
    for number, hours, value in (("RA01", 30, None), ("RA02", 30, None), ("RA03", 29, 5_000_000)):
        worth = {} if value is None else {"declared_value_minor": value, "currency": "EUR"}
        caller.register({"number": number, "carrier": "sf", **worth})
        caller.scan(scan(number, hours=hours, code="exception.damaged"))
    app.written()
    worrying(app)

    rows = re.findall(r'data-number="(RA0\d)"', one.get("/console").text)

    assert rows[0] == "RA03"
    assert sorted(rows) == ["RA01", "RA02", "RA03"]


def test_a_shipment_shows_everything(app: Running, person: Any) -> None:
    one = person("viewer", "whole").come_in()
    caller = app.caller("whole")
    caller.scan(scan("SF1000000000058", hours=5, actor="courier 17", device="PDA-9",
                     text="arrived", evidence=["photo:1"], place="Hangzhou"))  # fmt: skip
    app.written()

    page = one.get("/console/shipments/SF1000000000058")
    peek = one.get("/console/shipments/SF1000000000058", **{"X-Part": "peek"})

    assert page.status_code == peek.status_code == 200
    for text in ("courier 17", "PDA-9", "photo:1", "Hangzhou"):
        assert text in page.text
    assert "<html" not in peek.text
