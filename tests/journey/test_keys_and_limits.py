"""Who may call, how often, and how an error looks."""

from __future__ import annotations

import re

import pytest

from journey.running import Caller, Running, running, scan

pytest_plugins = ["pg"]


def every_endpoint(app: Running) -> list[tuple[str, str]]:
    """Method and a path that it answers on, of all endpoints of the native API."""
    found = [(one.method, re.sub(r"\{[^}]*\}", "0" * 16, one.path))
             for one in app.milepost.endpoints()]  # fmt: skip
    assert len(found) > 100
    return found


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer mp_nobody"},
        {"Authorization": "Basic bXA6bXA="},
        {"Authorization": "Bearer "},
    ],
)
def test_without_a_known_key_nothing_is_told(app: Running, headers: dict[str, str]) -> None:
    for method, path in every_endpoint(app):
        answer = app.client.request(method, path, headers=headers)

        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()) >= {"title", "status", "detail"}


def test_a_key_that_may_only_read(app: Running) -> None:
    reader = app.caller(scopes=["read"])

    assert reader.get("/v1/shipments").status_code == 200
    for path in ("/v1/scans", "/v1/shipments", "/v1/intake/kdniao"):
        assert reader.post(path, []).status_code == 403


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
def test_a_key_that_is_over(
    app: Running, me: Caller, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert me.get("/v1/shipments").status_code == 200
    monkeypatch.setattr("milepost.web.auth.REMEMBER_S", 0.0)
    past = f"UPDATE api_key SET {column} = now() - interval '1 s' WHERE tenant = $1"
    app.sql(past, me.tenant)

    assert me.get("/v1/shipments").status_code == 401


def test_only_a_hash_of_a_key_is_kept(app: Running, me: Caller) -> None:
    rows = app.sql("SELECT t.* FROM api_key t")

    assert me.key not in str(rows)
    assert me.key.encode() not in b"".join(row["key_hash"] for row in rows)


def test_who_asks_too_often_has_to_wait(store_url: str) -> None:
    with running(store_url, requests_per_s=0.5, burst=3) as app:
        hasty, calm = app.caller(), app.caller()
        answers = [hasty.get("/v1/shipments") for _ in range(5)]

        assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 2
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert calm.get("/v1/shipments").status_code == 200


def test_an_unknown_source(me: Caller) -> None:
    answer = me.post("/v1/intake/nobody", {})

    assert answer.status_code == 404
    assert "nobody" in answer.json()["detail"]


def test_what_is_not_there(app: Running, me: Caller) -> None:
    for answer in (me.get("/v1/nothing"), me.get("/v1/track/SF999999")):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"] == "Not Found"


def test_a_method_that_is_not_meant(me: Caller) -> None:
    answer = me.client.put("/v1/shipments", headers=me.headers)

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert {one.strip() for one in answer.headers["allow"].split(",")} == {"GET", "HEAD", "POST"}


def test_health_and_metrics_need_no_key(app: Running) -> None:
    assert app.client.get("/healthz").json() == {"status": "ok"}
    assert "milepost_live_listeners 0" in app.client.get("/metrics").text


def test_when_the_database_is_away_callers_are_told(
    app: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = app.caller()
    me.scan(scan("SF400001"))

    async def gone(*_: object) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr(app.milepost.store.ledger, "road_and_facts", gone)
    answer = me.get("/v1/track/SF400001")

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.headers["content-type"] == "application/problem+json"
