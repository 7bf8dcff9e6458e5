"""Reports over the API of a running server: counted, traced, exported, made anew."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from journey.running import Caller, Running, at, running, scan
from milepost.cli import main
from milepost.domain.place import Place
from milepost.wiring.features.analytics import Analytics

pytest_plugins = ["pg"]
CN, DE = {"city": "Shenzhen", "country": "CN"}, {"city": "Berlin", "country": "DE"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(module_url: str, folder: Path) -> Iterator[Running]:
    with running(module_url, data=folder) as started:
        yield started


def register(me: Caller, number: str, **more: Any) -> None:
    me.register(
        {
            "number": number, "carrier": "sf", "origin": CN, "destination": DE,
            "ordered_at": at(days=12), "promised_at": at(days=12), "promised_to": at(days=3),
            "service": "express", "weight_g": 900, "goods": "tea", "packing": "crate", **more,
        }
    )  # fmt: skip


def travel(me: Caller, number: str, hours: float, end: str = "delivered") -> None:
    """From ten days ago on, for some hours, with a stay at customs."""
    start = 240
    me.scan(
        scan(number, start, "picked_up", place=CN),
        scan(number, start - 20, "customs.processing", place=DE),
        scan(number, start - 30, "customs.released", place=DE),
        scan(number, start - hours, end, place=DE),
    )


def rows(me: Caller, name: str, **query: Any) -> list[dict[str, Any]]:
    answer = me.get(f"/v1/reports/{name}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def analytics(app: Running) -> Analytics:
    return next(one for one in app.milepost.features if isinstance(one, Analytics))


def test_promises_are_counted_and_every_figure_opens(app: Running, me: Caller) -> None:
    for at_, hours in enumerate((100, 120, 200)):
        register(me, f"SF71000{at_}")
        travel(me, f"SF71000{at_}", hours)
    register(me, "SF710009")
    me.scan(scan("SF710009", 200, "picked_up", place=CN))

    (found,) = rows(me, "promise")
    assert (found["carrier"], found["n"], found["kept"], found["broken"]) == ("sf", 4, 2, 2)
    assert found["small"]
    broken = me.get(found["links"]["broken"]).json()["shipments"]
    assert {one["number"] for one in broken} == {"SF710002", "SF710009"}
    assert me.get(f"/v1/shipments/{broken[0]['shipment']}").status_code == 200
    assert len(me.get(found["shipments"]).json()["shipments"]) == 4


def test_transit_and_customs_and_what_is_filtered(app: Running, me: Caller) -> None:
    for at_ in range(4):
        register(me, f"SF72000{at_}", **({"carrier": "zto"} if at_ == 3 else {}))
        travel(me, f"SF72000{at_}", 100 + at_)

    (lane,) = rows(me, "transit", by="lane", carrier="sf")
    assert (lane["lane"], lane["n"], lane["p50_h"]) == ("CN-DE", 4, 101)
    (customs,) = rows(me, "customs")
    assert (customs["country"], customs["n"], customs["p50_h"]) == ("DE", 4, 10)
    (cause,) = rows(me, "customs-causes", by="goods,packing")
    assert (cause["goods"], cause["packing"], cause["held"]) == ("tea", "crate", 0)
    assert rows(me, "transit", **{"from": "2026-11-11"}) == []
    assert rows(me, "transit", **{"from": "2026-11-10", "to": "2026-11-10"})[0]["n"] == 4
    assert rows(me, "transit", service="economy") == []
    assert rows(me, "volumes", by="day")[0]["delivered"] == 4


def test_a_late_event_changes_what_was_counted(app: Running, me: Caller) -> None:
    register(me, "SF730001")
    travel(me, "SF730001", 100)
    assert rows(me, "transit")[0]["delivered"] == 1

    me.scan(scan("SF730001", 120, "returning"), scan("SF730001", 100, "returned"))
    (found,) = rows(me, "losses")
    assert (found["n"], found["returned"]) == (1, 1)
    assert rows(me, "transit") == []

    event = me.track("SF730001")["events"]
    for name in ("returning", "returned"):
        one = next(each["id"] for each in event if each["main"] == name)
        me.scan({"number": "SF730001", "occurred_at": at(1), "carrier": "sf", "retracts": one})
    assert rows(me, "transit")[0]["delivered"] == 1
    assert rows(me, "losses")[0]["returned"] == 0


def test_facts_that_come_late_are_taken_in(app: Running, me: Caller) -> None:
    travel(me, "SF740001", 100)
    assert rows(me, "volumes", by="service,weight")[0]["service"] == "unknown"

    register(me, "SF740001")
    assert rows(me, "volumes", by="service,weight")[0]["service"] == "express"


def test_each_tenant_sees_its_own(app: Running, me: Caller) -> None:
    register(me, "SF750001")
    travel(me, "SF750001", 100)
    other = app.caller()

    assert rows(me, "volumes")
    assert rows(other, "volumes") == []
    answer = other.get("/v1/reports/volumes/shipments").json()
    assert answer == {"shipments": [], "next": None}


def test_files(app: Running, me: Caller) -> None:
    register(me, "SF760001")
    travel(me, "SF760001", 100)
    text = me.get("/v1/reports/transit", params={"format": "csv"})
    table = me.get("/v1/reports/transit", params={"format": "parquet"})

    assert text.headers["content-type"].startswith("text/csv")
    assert text.text.splitlines()[1].startswith('"sf",1,')
    assert pq.read_table(io.BytesIO(table.content))["p50_h"].to_pylist() == [100]
    assert "transit.parquet" in table.headers["content-disposition"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("nothing", 404), ("transit?by=colour", 422), ("transit?from=yesterday", 422),
     ("transit?format=xml", 422), ("transit?limit=0", 422), ("transit?facility=x", 422),
     ("transit/shipments?which=all", 422), ("transit/shipments?cursor=x.y", 422),
     ("transit/shipments?cursor=99999999999999999999.1", 422), ("nothing/shipments", 404),
     ("transit?by=carrier,lane,month,week,day", 422), ("transit?to=9999-12-31", 422)],
)  # fmt: skip
def test_bad_questions(me: Caller, path: str, status: int) -> None:
    answer = me.get(f"/v1/reports/{path}")

    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_what_there_is(me: Caller) -> None:
    listed = me.get("/v1/reports").json()["reports"]

    assert {"promise", "transit", "customs", "carriers"} <= {one["name"] for one in listed}


def test_a_recommendation_rests_on_the_record(app: Running, me: Caller) -> None:
    for number in range(3):
        register(me, f"SF77000{number}")
        travel(me, f"SF77000{number}", 100 + number)
    app.written()
    app.call(analytics(app).parts.builder.turn)
    lanes = app.milepost.lane_records

    async def ask() -> Any:
        return await lanes.lane_record(
            me.tenant, carrier="sf", service="express", origin=Place(**CN),
            destination=Place(**DE), category=None,
        )  # fmt: skip

    found = app.call(ask)
    assert (found.samples, found.p50_h, found.kept_pm) == (3, 101, 1000)


def test_sealed_roads_and_a_table_made_anew(store_url: str, tmp_path: Path) -> None:
    with running(store_url, data=tmp_path) as app:
        me = app.caller("seller")
        for number in range(4):
            register(me, f"SF78000{number}", **({"goods": "toys"} if number else {}))
            travel(me, f"SF78000{number}", 100 + number, "returned" if number == 3 else "delivered")
        before = {name: rows(me, name) for name in ("transit", "customs", "facilities", "losses")}
        app.clock.now += timedelta(days=10)
        assert app.call(app.milepost.engine.sealing.seal) == 4
        assert {name: rows(me, name) for name in before} == before

        me.scan(scan("SF780001", 150, "attempt_failed"))  # late, for a road that is sealed
        changed = rows(me, "first_attempt")
        assert changed[0]["first"] == 2
        assert app.call(analytics(app).parts.builder.rebuild) == 4
        assert {name: rows(me, name) for name in before} == before
        assert rows(me, "first_attempt") == changed
    _on_the_command_line(store_url, tmp_path, before["transit"])


def _on_the_command_line(url: str, data: Path, transit: list[dict[str, Any]]) -> None:
    run = CliRunner()
    given = ["--data", str(data), "--database", url, "--tenant", "seller"]
    asked = run.invoke(main, ["report", "transit", *given, "--json"], catch_exceptions=False)
    table = run.invoke(main, ["report", "first-attempt", *given, "--rebuild"])
    file = data / "transit.csv"
    saved = run.invoke(main, ["report", "transit", *given, "--csv", str(file), "--by", "lane"])
    behind = run.invoke(
        main, ["report", "losses", *given, "--shipments", "--which", "returned", "--json"]
    )

    assert json.loads(asked.stdout)["rows"] == transit
    assert "First-attempt success" in table.stdout
    assert saved.exit_code == 0
    assert file.read_text().splitlines()[1].startswith('"CN-DE"')
    assert [one["number"] for one in json.loads(behind.stdout)["shipments"]] == ["SF780003"]
