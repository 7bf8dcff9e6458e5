"""`GET /v1/alerts`: what is wrong now, and what was, over all shipments."""

from __future__ import annotations

from typing import Any

from journey.running import Caller, Running, scan

pytest_plugins = ["pg"]


def alerts(me: Caller, **query: Any) -> list[dict[str, Any]]:
    answer = me.get("/v1/alerts", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["alerts"]
    return found


def test_an_alert_stays_in_the_list_when_it_is_over(app: Running) -> None:
    me, other = app.caller(), app.caller()
    me.scan(scan("ALERTED01", 9, "customs.info_required"))
    (standing,) = alerts(me, rule="customs_hold")
    assert (standing["number"], standing["severity"]) == ("ALERTED01", "critical")
    assert standing["cleared_at"] is None
    assert standing["opened_at"] == "2026-11-20T03:00:00+00:00"
    me.scan(scan("ALERTED01", 4, "customs.released"))
    (over,) = alerts(me, number="ALERTED01", open=False)
    assert over | {"cleared_at": None} == standing
    assert over["cleared_at"] == "2026-11-20T08:00:00+00:00"
    assert not alerts(me, rule="customs_hold", open=True)
    assert not alerts(other), "each tenant sees its own"


def test_pages_follow_each_other_newest_first(app: Running) -> None:
    me = app.caller()
    me.scan(*(scan(f"PAGED{one:02}", 5 + one % 3, "customs.info_required") for one in range(7)))
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"limit": 3, "rule": "customs_hold"} | ({"cursor": cursor} if cursor else {})
        page = me.get("/v1/alerts", params=query).json()
        found += page["alerts"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len({one["id"] for one in found}) == len(found) == 7
    times = [one["opened_at"] for one in found]
    assert times == sorted(times, reverse=True)


def test_what_is_asked_wrongly_is_said(app: Running) -> None:
    me = app.caller()
    for query in ({"severity": "grave"}, {"cursor": "x"}, {"limit": 0}, {"number": "\x00"}):
        assert me.get("/v1/alerts", params=query).status_code == 422, query
