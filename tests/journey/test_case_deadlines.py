"""A case whose deadline passes says so by itself: once, in its record and to subscribers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from journey.running import NOW, Caller, Running, scan
from patience import once, until

pytest_plugins = ["pg"]


def steps(me: Caller, case: int) -> list[dict[str, Any]]:
    return me.get(f"/v1/cases/{case}").json()["steps"]


def passed(me: Caller, case: int) -> list[dict[str, Any]]:
    return [one for one in steps(me, case) if one["action"] == "deadline_passed"]


def opened(me: Caller, number: str) -> dict[str, Any]:
    me.scan(scan(number))
    body = {"kind": "report", "number": number, "fields": {"problem": "late"}}
    answer = me.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_deadline_that_passes_is_a_step_and_is_told_once(me: Caller, app: Running) -> None:
    me.post("/v1/subscriptions", {"url": "https://hooks.example.org/a",
                                  "events": ["case.deadline_passed"]})  # fmt: skip
    until(lambda: app.milepost.engine.audience)
    made = opened(me, "SF6600000000011")
    me.post(f"/v1/cases/{made['id']}/steps", {"action": "assigned", "body": {"owner": "ada"}})
    assert passed(me, made["id"]) == []

    app.clock.now = NOW + timedelta(hours=25)
    (told,) = once(lambda: passed(me, made["id"]), len)
    assert (told["side"], told["actor"]) == ("system", "milepost")
    assert told["body"]["deadline_at"] == made["case"]["deadline_at"]
    found = me.get(f"/v1/cases/{made['id']}").json()
    assert found["intact"]
    assert found["case"]["overdue_at"] == made["case"]["deadline_at"]
    sent = once(lambda: me.get("/v1/deliveries").json()["deliveries"], len)
    assert {one["topic"] for one in sent} == {"case.deadline_passed"}
    data = me.get(f"/v1/deliveries/{sent[0]['id']}").json()["data"]
    assert (data["case"], data["owner"]) == (made["id"], "ada")

    app.call(feature(app).tell_overdue)
    assert len(passed(me, made["id"])) == 1


def test_a_new_deadline_passes_anew_and_a_closed_case_is_left_alone(
    me: Caller, app: Running
) -> None:
    one, other = opened(me, "SF6600000000022"), opened(me, "SF6600000000033")
    closing = {"action": "closed", "body": {"outcome": "solved"}}
    assert me.post(f"/v1/cases/{other['id']}/steps", closing).status_code == 201
    app.clock.now = NOW + timedelta(hours=25)
    until(lambda: passed(me, one["id"]))
    later = (NOW + timedelta(hours=30)).astimezone(timezone(timedelta(hours=8)))
    body = {"action": "deadline_set", "body": {"deadline_at": later.isoformat()}}
    answer = me.post(f"/v1/cases/{one['id']}/steps", body)
    assert answer.status_code == 201
    assert datetime.fromisoformat(answer.json()["case"]["deadline_at"]) == later

    app.clock.now = NOW + timedelta(hours=31)
    until(lambda: len(passed(me, one["id"])) == 2)
    assert passed(me, other["id"]) == []


def test_nobody_but_the_clock_says_that_a_deadline_has_passed(me: Caller) -> None:
    made = opened(me, "SF6600000000044")
    body = {"action": "deadline_passed", "body": {"deadline_at": made["case"]["deadline_at"]}}
    answer = me.post(f"/v1/cases/{made['id']}/steps", body)

    assert answer.status_code == 422
    assert "only the clock" in answer.text


def test_a_case_waits_for_the_buyer_until_he_has_answered(me: Caller) -> None:
    made = opened(me, "SF6600000000055")
    path = f"/v1/cases/{made['id']}/steps"
    assert me.post(path, {"action": "asked_buyer"}).json()["case"]["waits_for"] == "buyer"
    answer = me.post(path, {"action": "buyer_answered", "side": "buyer", "text": "made up"})
    assert answer.json()["case"]["waits_for"] == "merchant"


def feature(app: Running) -> Any:
    return next(one for one in app.milepost.features if hasattr(one, "tell_overdue"))
