"""A day at the desk: what is looked for is found, and nothing that was typed is lost."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

import pytest

from journey.console_person import CSRF, Person
from journey.running import NOW, Running, scan
from patience import until

pytest_plugins = ["pg"]
_TURNS = count(1)


@pytest.fixture
def person(app: Running) -> Person:
    app.clock.now = NOW
    return Person(app, f"day {next(_TURNS)}", "admin")


def numbers_in(answer: Any) -> list[str]:
    return re.findall(r'data-number="([^"]+)"', answer.text)


def rows(who: Person, path: str) -> list[str]:
    return numbers_in(who.client.get(path, headers={"X-Part": "rows"}))


def palette(who: Person, text: str) -> list[str]:
    answer = who.client.get("/console/find", params={"q": text}, headers={"X-Part": "palette"})
    return re.findall(r'href="([^"]+)"', answer.text)


def road_of_two(app: Running, who: Person, mark: str) -> tuple[str, str]:
    """A crate that one carrier lost on its way to the other: its numbers on the two legs."""
    first, second = f"SF88{mark}00000001", f"YT88{mark}00000000002"
    me = app.caller(who.company)
    me.register(
        {
            "order_number": f"CRATE-{mark}",
            "declared_value_minor": 123_400,
            "currency": "EUR",
            "parcels": [
                {
                    "numbers": [
                        {"number": first, "carrier": "sf"},
                        {"number": second, "carrier": "yto"},
                    ]
                }
            ],
        }
    )
    me.scan({**scan(first), "code": "exception.lost", "text": "not found"})
    app.written()
    until(lambda: rows(who, "/console?state=all") == [first])
    return first, second


def test_a_road_is_found_by_every_number_of_it(app: Running, person: Person) -> None:
    first, second = road_of_two(app, person, "01")

    for text in (second, second.lower(), f"{second[:6]} {second[6:]}", second[:10], "crate-01"):
        assert rows(person, f"/console/shipments?q={text}") == [first], text
        assert rows(person, f"/console?state=all&q={text}") == [first], text
        assert rows(person, f"/console/shipments?q={text}&sort=newest&trouble=1") == [first], text
        assert palette(person, text)[0] == f"/console/shipments/{first}", text
    assert rows(person, "/console/shipments?q=YT8801999") == []
    assert rows(person, "/console/shipments?q=%25") == []


def test_a_page_knows_what_is_wrong_under_any_number(app: Running, person: Person) -> None:
    first, second = road_of_two(app, person, "02")
    person.post("/console/act", action="acknowledge", number=first)

    for number in (first, second):
        page = person.get(f"/console/shipments/{number}").text
        assert "€1,234" in page
        assert f'name="number" value="{first}"' in page  # its acts are of the worry's number
        assert "1 change" in page or "Acknowledged" in page


def test_the_list_is_asked_for_one_problem(app: Running, person: Person) -> None:
    first, _ = road_of_two(app, person, "06")
    page = person.get("/console?state=all").text
    rules = re.findall(r'<select name="rule".*?</select>', page, re.DOTALL)[0]
    assert rules.count("<option") > 25
    assert '<option value="trouble_reported">Problem reported</option>' in rules

    assert rows(person, "/console?state=all&rule=trouble_reported") == [first]
    assert rows(person, "/console?state=all&rule=unsigned") == []
    chosen = person.get("/console?state=all&rule=unsigned").text
    assert '<option value="unsigned" selected>' in chosen


def test_cases_are_found_by_any_number(app: Running, person: Person) -> None:
    first, second = road_of_two(app, person, "05")
    person.post("/console/cases", kind="report", number=first, problem="lost")

    for text in (first, second, second.lower()):
        found = person.get(f"/console/cases?number={text}").text
        assert f'href="/console/shipments/{first}' in found or first in found, text
        assert 'class="ticket' in found, text
    assert 'class="ticket' not in person.get("/console/cases?number=SF00000000").text


def test_the_palette_leads_to_actions_cases_views_and_reports(person: Person) -> None:
    person.post("/console/views", name="Burning ones", query="severity=critical", page="worries")

    assert palette(person, "webhook") == ["/console/subscriptions#url"]
    assert palette(person, "burning") == ["/console?severity=critical"]
    assert palette(person, "customs dwell") == ["/console/analytics/customs"]
    assert palette(person, "add user") == ["/console/users#email"]
    assert palette(person, "case 999999") == []
    person.client.cookies.set("lang", "de")
    assert palette(person, "audit log") == ["/console/audit"]  # the English name does as well


def test_actions_are_of_the_role(app: Running) -> None:
    viewer = Person(app, f"day {next(_TURNS)}", "viewer")

    assert palette(viewer, "webhook") == []
    assert palette(viewer, "audit") == []


@pytest.mark.parametrize(
    ("path", "fields", "kept"),
    [
        ("subscriptions", {"url": "ftp://x.example", "event": "case.opened"}, "ftp://x.example"),
        ("notices", {"kind": "weather", "title": "Storm", "hours": "soon"}, "Storm"),
        ("notices", {"kind": "weather", "title": "Storm", "countries": "Atlantis"}, "Atlantis"),
        ("notices", {"kind": "weather", "title": "Storm", "carriers": "Nobody"}, "Nobody"),
        ("notices/feeds", {"url": "nonsense"}, "nonsense"),
        ("connections", {"source": "kdniao", "name": "Mine", "daily_budget": "many"}, "many"),
        ("users", {"email": "no address", "name": "Bo"}, "Bo"),
        ("brand", {"name": "Shop", "url": "http://shop.example"}, "http://shop.example"),
    ],
)  # fmt: skip
def test_what_is_refused_stays_in_its_form(
    person: Person, path: str, fields: dict[str, str], kept: str
) -> None:
    answer = person.post(f"/console/{path}", **fields)

    assert answer.status_code == 422
    assert f'value="{kept}"' in answer.text
    assert '<p class="fault" role="alert">' in answer.text


def test_a_country_and_a_carrier_go_by_their_names(app: Running, person: Person) -> None:
    road_of_two(app, person, "03")

    answer = person.post("/console/notices", kind="weather", title="Storm",
                         countries="Germany, fr", carriers="SF Express")  # fmt: skip

    assert answer.status_code == 303
    page = person.get("/console/notices").text
    assert all(one in page for one in ("Germany", "France", "SF Express"))


def test_a_form_outlives_its_session(app: Running, person: Person) -> None:
    note = "What the customer said in a call of half an hour"
    typed = {"kind": "report", "number": "SF8804000001", "text": note, "password": "hush-hush"}
    known = {**typed, "csrf": "of the session before"}

    stale = person.client.post("/console/cases", data=known)
    person.client.cookies.clear()
    expired = person.client.post("/console/cases", data=known)

    for answer, status in ((stale, 403), (expired, 401)):
        assert answer.status_code == status
        assert f'name="text" value="{note}"' in answer.text
        assert "hush-hush" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
    person.come_in()
    again = person.client.post("/console/cases", data=known)
    assert CSRF.search(again.text), "it can be sent once more, in the new session"


def test_a_form_of_another_site_brings_nothing(person: Person) -> None:
    answer = person.client.post("/console/cases", data={"csrf": "x", "text": "planted text"},
                                headers={"sec-fetch-site": "cross-site"})  # fmt: skip

    assert answer.status_code == 403
    assert "planted" not in answer.text


def test_a_shipment_says_what_was_wrong_before(app: Running, person: Person) -> None:
    me = app.caller(person.company)
    number = "SF8800000000777"
    me.scan(scan(number, 9, "customs.info_required"))
    assert "Earlier alerts" not in person.client.get(f"/console/shipments/{number}").text
    me.scan(scan(number, 4, "customs.released"))
    page = person.client.get(f"/console/shipments/{number}").text
    assert "Earlier alerts (1)" in page


def test_a_closed_case_shows_what_was_asked_done_and_attached(app: Running, person: Person) -> None:
    me = app.caller(person.company)
    number = "SF8800000000778"
    me.scan(scan(number, 9, "attempt_failed.no_contact"))
    road = me.track(number)["shipment"]
    ink = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L90 40"/></svg>'
    kept = me.post(f"/v1/shipments/{road}/evidence?kind=signature", ink, "image/svg+xml").json()
    asked = {"kind": "second_delivery", "number": number, "fields": {"day": "2026-11-22"}}
    case = me.post("/v1/cases", asked).json()["id"]
    steps = (("attached", {"evidence": kept["reference"]}), ("task_done", {"task": "ask_carrier"}),
             ("closed", {"outcome": "delivered"}))  # fmt: skip
    for action, body in steps:
        answer = me.post(f"/v1/cases/{case}/steps", {"action": action, "body": body})
        assert answer.status_code == 201, answer.text
    page = person.client.get(f"/console/cases/{case}").text
    assert "2026-11-22" in page
    assert "{&#39;day" not in page
    assert "✓ " in page
    assert f'value="{kept["id"]}"' in page
