"""What each role may do, page by page; what other companies may; and forgotten passwords."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

import pytest
from starlette.routing import Route

from journey.console_person import CSRF, Person
from journey.running import Running, scan
from milepost.pages.console.access.sessions import COOKIE

pytest_plugins = ["pg"]
BELOW = {"agent": "viewer", "manager": "agent", "admin": "manager"}
_TURNS = count(1)
# Everything that not everybody may do. What is not here must be looking, or of one's own account.
NEEDS = {
    "agent": ["POST /act", "POST /undo", "POST /cases", "GET /cases/new", "POST /cases/{id}",
              "POST /shipments/{number}/personal", "POST /shipments/{number}/evidence"],
    "manager": [
        "POST /policies", "POST /policies/exceptions", "POST /policies/exceptions/delete",
        "POST /subscriptions", "POST /subscriptions/change", "POST /deliveries/replay",
        "POST /connections", "POST /connections/change", "POST /recommend/tariffs",
        "POST /notices", "POST /notices/end", "POST /notices/feeds", "GET /audit", "GET /brand",
        "POST /brand", "GET /brand/logo", "POST /brand/mail", "GET /import", "POST /import",
        "GET /import/{id}", "POST /import/{id}", "GET /import/{id}/refused",
    ],
    "admin": ["GET /users", "POST /users", "POST /users/change", "GET /keys", "POST /keys",
              "POST /keys/revoke", "GET /tenants", "POST /tenants"],
}  # fmt: skip
OWN = {"POST /account", "POST /account/sessions", "POST /account/unbind", "POST /sign-out",
       "POST /views", "POST /views/delete"}  # fmt: skip
OPEN = {"GET /sign-in", "POST /sign-in", "GET /sign-in/provider", "GET /sign-in/provider/back",
        "GET /sign-in/forgotten", "POST /sign-in/forgotten"}  # fmt: skip


def ask(who: Person, wanted: str, csrf: bool = True) -> Any:
    method, path = at(wanted)
    return who.get(path) if method == "GET" else who.post(path, csrf)


def at(wanted: str) -> tuple[str, str]:
    method, _, path = wanted.partition(" ")
    return method, "/console" + re.sub(r"\{[^}]+\}", "1", path)


def every_page(app: Running) -> set[str]:
    found = [one for one in app.client.app.routes if isinstance(one, Route)]
    return {
        f"{method} {one.path.removeprefix('/console')}"
        for one in found if one.path.startswith("/console")
        for method in one.methods - {"HEAD"}
    }  # fmt: skip


@pytest.fixture
def person(app: Running) -> Any:
    return lambda role="admin", tenant=None: Person(app, tenant or f"firm {next(_TURNS)}", role)


def test_whatever_changes_something_needs_a_role(app: Running) -> None:
    guarded = {one for many in NEEDS.values() for one in many} | OWN | OPEN
    pages = every_page(app)

    assert guarded <= pages
    assert {one for one in pages - guarded if one.startswith("POST")} == set()


def test_nobody_sees_anything_who_is_not_signed_in(app: Running, person: Any) -> None:
    stranger = person().browser()
    for wanted in every_page(app) - OPEN:
        method, path = at(wanted)
        answer = stranger.request(method, path)
        assert answer.status_code == 303, wanted
        assert answer.headers["location"].startswith("/console/sign-in"), wanted


@pytest.mark.parametrize("role", NEEDS)
def test_the_role_below_may_not(person: Any, role: str) -> None:
    below, enough = person(BELOW[role]), person(role)
    for wanted in NEEDS[role]:
        assert ask(below, wanted).status_code == 403, wanted
        if wanted.startswith("POST"):
            answer = ask(enough, wanted, csrf=False)
            assert answer.status_code == 403, wanted
            assert "out of date" in answer.text, wanted
        else:
            assert ask(enough, wanted).status_code != 403, wanted


def test_the_menu_offers_what_may_be_done(person: Any) -> None:
    viewer, manager = person("viewer").get("/console").text, person("manager").get("/console").text

    assert 'href="/console/users"' not in viewer + manager
    assert 'href="/console/brand"' not in viewer
    assert 'href="/console/brand"' in manager
    assert 'name="action" value="acknowledge"' not in viewer


def test_a_role_that_was_taken_away_holds_at_once(app: Running, person: Any) -> None:
    one = person("manager")
    assert one.get("/console/brand").status_code == 200

    app.sql("UPDATE console_user SET role = 'viewer' WHERE id = $1", one.id)

    assert one.get("/console/brand").status_code == 403


def test_another_companys_things_are_not_there(app: Running, person: Any) -> None:
    mine, theirs = person("admin", "mine"), person("admin", "others")
    caller = app.caller("mine")
    caller.scan(scan("SF1000000000090", hours=5, code="exception.damaged"))
    app.written()
    case = caller.post("/v1/cases", {"kind": "report", "number": "SF1000000000090",
                                     "fields": {"problem": "late"}}).json()["id"]  # fmt: skip
    mine.post("/console/views", name="My view", query="severity=warning")
    mine.post("/console/keys", name="my key", scope="read")
    mine.client.post(
        "/console/import", data={"csrf": CSRF.findall(mine.get("/console").text)[0]},
        files={"file": ("mine.csv", b"Waybill,Courier\nSECRET001,sf\n", "text/csv")},
    )  # fmt: skip
    job = app.sql("SELECT id FROM import_job WHERE tenant = $1", mine.tenant)[0]["id"]
    key = app.sql("SELECT id FROM api_key WHERE tenant = $1 AND name = 'my key'", mine.tenant)
    view = app.sql("SELECT id FROM saved_view WHERE tenant = $1", mine.tenant)[0]["id"]

    for path in (f"/cases/{case}", "/shipments/SF1000000000090", f"/import/{job}",
                 f"/import/{job}/refused"):  # fmt: skip
        assert mine.get(f"/console{path}").status_code == 200, path
        assert theirs.get(f"/console{path}").status_code == 404, path
    for path in ("", "/cases", "/users", "/keys", "/audit", "/import", "/shipments"):
        page = theirs.get(f"/console{path}").text
        for secret in ("SF1000000000090", "My view", "my key", "mine.csv", mine.email):
            assert secret not in page, (path, secret)

    theirs.post(f"/console/cases/{case}", action="noted", text="theirs")
    theirs.post("/console/keys/revoke", id=str(key[0]["id"]))
    theirs.post("/console/views/delete", view=str(view))
    theirs.post("/console/users/change", id=str(mine.id), action="disable")
    theirs.post("/console/users/change", id=str(mine.id), action="link")
    theirs.post(f"/console/import/{job}", recognised="1")

    assert "theirs" not in mine.get(f"/console/cases/{case}").text
    assert "my key" in mine.get("/console/keys").text
    assert "My view" in mine.get("/console").text
    assert app.sql("SELECT state FROM import_job WHERE id = $1", job)[0]["state"] == "previewed"
    assert app.sql("SELECT 1 FROM console_link WHERE user_id = $1", mine.id) == []


def test_a_view_of_ones_own_is_nobody_elses(person: Any) -> None:
    one, colleague = person("viewer", "together"), person("viewer", "together")
    one.post("/console/views", name="Mine alone", query="severity=warning", shared="1")

    assert "Mine alone" in one.get("/console").text
    assert "Mine alone" not in colleague.get("/console").text, "viewers share none"


OLD, NEW = "seven quiet herons", "nine loud kingfishers"


def sign_in(one: Person, password: str) -> int:
    browser = one.browser()
    csrf = CSRF.findall(browser.get("/console/sign-in").text)[0]
    fields = {"email": one.email, "password": password, "csrf": csrf}
    return int(browser.post("/console/sign-in", data=fields).status_code)


def test_a_forgotten_password_is_set_anew_by_a_link(app: Running, person: Any) -> None:
    one = person()
    one.post("/console/account", password=OLD)
    one.post("/console/sign-out")
    first, second = one.link(), one.link()

    one.get(first)
    assert 'name="current"' not in one.get("/console/account").text
    assert one.post("/console/account", password=NEW).status_code == 303

    assert (sign_in(one, OLD), sign_in(one, NEW)) == (403, 303)
    assert one.browser().get(second).status_code == 403, "other links have ended with it"
    actions = app.sql("SELECT action FROM audit_log WHERE actor = $1 ORDER BY id", one.email)
    assert [line["action"] for line in actions][-2:] == ["password_set", "signed_in"]


def test_who_came_by_password_or_long_ago_must_know_the_old_one(app: Running, person: Any) -> None:
    one = person()
    one.post("/console/account", password=OLD)
    app.sql("UPDATE console_session SET created_at = now() - interval '2 hours' "
            "WHERE user_id = $1", one.id)  # fmt: skip

    assert 'name="current"' in one.get("/console/account").text
    assert one.post("/console/account", password=NEW).status_code == 422
    assert one.post("/console/account", password=NEW, current=NEW).status_code == 422
    assert one.post("/console/account", password=NEW, current=OLD).status_code == 303


def test_a_session_that_was_planted_is_no_session(app: Running, person: Any) -> None:
    one = person()
    victim = one.browser()
    victim.cookies.set(COOKIE, "planted" * 6, path="/console")
    assert victim.get("/console").status_code == 303

    victim.get(one.link())
    planted = one.browser()
    planted.cookies.set(COOKIE, "planted" * 6, path="/console")

    assert victim.get("/console").status_code == 200
    assert planted.get("/console").status_code == 303


def test_out_everywhere_else(app: Running, person: Any) -> None:
    one = person("viewer")
    elsewhere, unused = one.browser(), one.link()
    assert elsewhere.get(one.link()).headers["location"] == "/console"
    assert "Where you are signed in" in one.get("/console/account").text

    assert one.post("/console/account/sessions").status_code == 303

    assert elsewhere.get("/console").status_code == 303
    assert one.browser().get(unused).status_code == 403, "links that were sent have ended too"
    assert one.get("/console").status_code == 200


def test_tenants_are_only_told_to_who_runs_the_server(app: Running, person: Any) -> None:
    runs, plain = person("admin", "The operator"), person("admin", "A plain shop")
    console = next(one for one in app.milepost.features if type(one).__name__ == "Console")
    console.services.operator = "The operator"
    try:
        assert "A plain shop" in runs.get("/console/tenants").text
        assert "The operator" not in plain.get("/console/tenants").text
        wanted = {"name": "A new shop", "email": "first@new.example"}
        assert plain.post("/console/tenants", **wanted).status_code == 403
        made = runs.post("/console/tenants", **wanted)
        link = re.search(r"/console/sign-in\?token=[\w-]+", made.text)
        assert link is not None
        first = runs.browser()
        assert first.get(link[0]).headers["location"] == "/console"
        assert "A new shop" in first.get("/console").text
        assert runs.post("/console/tenants", **wanted).status_code == 422, "neither twice"
    finally:
        console.services.operator = None
    assert "A plain shop" not in runs.get("/console/tenants").text


def test_personal_data_is_for_agents_and_looking_is_noted(app: Running, person: Any) -> None:
    agent, viewer = person("agent", "private"), person("viewer", "private")
    number = "SF1000000000095"
    app.caller("private").register({"number": number, "carrier": "sf", "consignee": {
        "name": "Wilhelmine Muster", "city": "Berlin", "country": "DE"}})  # fmt: skip
    app.written()
    page = f"/console/shipments/{number}"

    assert "Wilhelmine" not in agent.get(page).text
    assert "Wilhelmine Muster" in agent.post(f"{page}/personal").text
    assert viewer.post(f"{page}/personal").status_code == 403
    actions = app.sql("SELECT action FROM audit_log WHERE subject = $1", f"shipment {number}")
    assert [line["action"] for line in actions] == ["personal_seen"]


def test_a_limit_that_is_none_is_said_beside_its_field(person: Any) -> None:
    manager = person("manager")
    answer = manager.post(
        "/console/policies", dwell_s="soon", lost_after_s="9", failed_attempts="0"
    )

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="soon"' in answer.text, "what was typed is not lost"
    assert 'value="9"' in answer.text
