"""Proof of delivery on a running server: files in, stripped, sealed, shown to whom it concerns."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from evidence_files import GPS_NOTE, jpeg_with_position, picture, png_with_text
from journey.running import NOW, Caller, Running, running, scan
from journey.serving import MILEPOST, serving

pytest_plugins = ["pg"]
ALL = ("read", "write", "personal")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(module_url: str, folder: Path) -> Iterator[Running]:
    with running(module_url, data=folder) as started:
        yield started


@pytest.fixture
def me(app: Running) -> Caller:
    app.clock.now = NOW
    return app.caller(scopes=ALL)


def shipment(me: Caller, number: str) -> str:
    me.scan(scan(number, carrier="yto", code="out_for_delivery"))
    return str(me.track(number)["shipment"])


def give(me: Caller, identity: str, kind: str, body: bytes, type_: str, **query: Any) -> Any:
    words = "&".join(f"{name}={value}" for name, value in {"kind": kind, **query}.items())
    return me.post(f"/v1/shipments/{identity}/evidence?{words}", body, type_)


def put(me: Caller, path: str, body: Any) -> Any:
    return me.client.put(path, json=body, headers=me.headers)


def test_a_photograph_is_stripped_sealed_named_by_a_scan_and_given_back(
    app: Running, me: Caller, folder: Path
) -> None:
    number = "YT7800000000011"
    identity = shipment(me, number)
    made = give(me, identity, "photograph", jpeg_with_position(), "image/jpeg",
                latitude="48.4011", longitude="9.9876")  # fmt: skip
    assert made.status_code == 201, made.text
    line = made.json()
    assert line["position"] == {"latitude": 48.4011, "longitude": 9.9876}
    me.scan(scan(number, 0, carrier="yto", code="delivered", evidence=[line["reference"]]))
    (listed,) = me.get(f"/v1/shipments/{identity}/evidence").json()["evidence"]
    assert listed["named_by"] == [me.track(number)["events"][-1]["id"]]
    shown = me.get(f"/v1/shipments/{identity}/evidence/{line['id']}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.content.startswith(b"\xff\xd8")
    assert GPS_NOTE not in shown.content
    (row,) = app.sql("SELECT sealed, detail FROM evidence WHERE id = $1", line["id"])
    assert shown.content[:100] not in row["sealed"]
    assert b"48.4" not in row["detail"]


def test_a_large_file_lies_sealed_beside_the_database(
    app: Running, me: Caller, folder: Path
) -> None:
    identity = shipment(me, "YT7800000000022")
    body = picture("PNG", 500, noise=True)
    assert len(body) > 256 * 1024
    line = give(me, identity, "photograph", body, "image/png").json()
    path = folder / "evidence" / line["id"][:2] / line["id"]
    assert path.exists()
    assert body[:64] not in path.read_bytes()
    assert me.get(f"/v1/shipments/{identity}/evidence/{line['id']}").content == body
    gone = me.client.delete(f"/v1/shipments/{identity}/personal", headers=me.headers)
    assert gone.status_code == 204
    assert not path.exists()
    assert me.get(f"/v1/shipments/{identity}/evidence").json()["evidence"] == []
    assert me.get(f"/v1/shipments/{identity}/evidence/{line['id']}").status_code == 404


def test_a_form_brings_a_file_with_its_fields(app: Running, me: Caller) -> None:
    identity = shipment(me, "YT7800000000033")
    answer = me.client.post(
        f"/v1/shipments/{identity}/evidence", headers=me.headers,
        files={"file": ("a.png", io.BytesIO(png_with_text()), "image/png")},
        data={"kind": "signature", "latitude": "1.5", "longitude": "2.5"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    assert answer.json()["reference"].startswith("signature:")
    assert answer.json()["position"] == {"latitude": 1.5, "longitude": 2.5}


@pytest.mark.parametrize(
    ("kind", "body", "type_", "why"),
    [
        ("photograph", b"made up", "image/jpeg", "must be one of"),
        ("photograph", b"", "image/jpeg", "empty"),
        ("photograph", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic", "Most Compatible"),
        ("photograph", picture("PNG", 8)[:-20], "image/png", "ends before"),
        ("photograph", picture("PNG", 8), "image/jpeg", "and not image/jpeg"),
        ("pickup_code", picture("PNG", 8), "image/png", "result of a check"),
        ("signature", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
         "image/svg+xml", "may not be"),
    ],
)  # fmt: skip
def test_what_is_no_evidence_is_refused_with_the_reason(
    me: Caller, kind: str, body: bytes, type_: str, why: str
) -> None:
    answer = give(me, shipment(me, "YT7800000000044"), kind, body, type_)
    assert answer.status_code == 422, answer.text
    assert why in answer.json()["detail"]


def test_half_a_position_is_refused(me: Caller) -> None:
    identity = shipment(me, "YT7800000000077")
    answer = give(me, identity, "photograph", picture("PNG", 8), "image/png", latitude="48.4")
    assert answer.status_code == 422
    assert "both" in answer.json()["detail"]


def test_a_link_opens_one_file_until_it_expires(app: Running, me: Caller) -> None:
    identity = shipment(me, "YT7800000000055")
    line = give(me, identity, "photograph", picture("PNG", 8), "image/png").json()
    path = f"/v1/shipments/{identity}/evidence/{line['id']}"
    url = me.post(f"{path}/link", {"holds_s": 60}).json()["url"]
    local = url[url.index("/evidence/") :]
    shown = app.client.get(local)
    assert shown.status_code == 200
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert app.client.get(local[:-1] + ("A" if local[-1] != "A" else "B")).status_code == 404
    app.clock.now += timedelta(seconds=61)
    assert app.client.get(local).status_code == 404


def test_files_are_for_the_scope_and_the_tenant_only(app: Running, me: Caller) -> None:
    number = "YT7800000000066"
    identity = shipment(me, number)
    line = give(me, identity, "photograph", picture("PNG", 8), "image/png").json()
    path = f"/v1/shipments/{identity}/evidence/{line['id']}"
    assert app.caller().get(path).status_code == 403
    stranger = app.caller(scopes=ALL)
    assert stranger.get(path).status_code == 404
    theirs = shipment(stranger, number)
    assert stranger.get(f"/v1/shipments/{theirs}/evidence/{line['id']}").status_code == 404
    another = shipment(me, "YT7800000000077")
    assert me.get(f"/v1/shipments/{another}/evidence/{line['id']}").status_code == 404


def test_a_pickup_code_is_compared_and_guessing_is_stopped(app: Running, me: Caller) -> None:
    number = "YT7800000000088"
    identity = shipment(me, number)
    path = f"/v1/shipments/{identity}/checks"
    assert me.post(path, {"kind": "pickup_code", "value": "4711"}).status_code == 409
    told = put(me, f"/v1/shipments/{identity}/secrets", {"pickup_code": "8-2041"})
    assert told.status_code == 204, told.text
    assert "2041" not in me.get(f"/v1/shipments/{identity}/personal").text
    wrong = me.post(path, {"kind": "pickup_code", "value": "8-2042"}).json()
    assert wrong == {"passed": False, "attempts_left": 4, "evidence": None}
    right = me.post(path, {"kind": "pickup_code", "value": "82041", "actor": "locker 9"}).json()
    assert right["passed"]
    assert right["evidence"]["reference"].startswith("pickup_code:")
    for _ in range(5):
        me.post(path, {"kind": "pickup_code", "value": "0"})
    stopped = me.post(path, {"kind": "pickup_code", "value": "82041"})
    assert stopped.status_code == 429
    assert stopped.headers["retry-after"] == "900"
    app.clock.now += timedelta(minutes=16)
    assert me.post(path, {"kind": "pickup_code", "value": "82041"}).json()["passed"]


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "data"
    body = picture("PNG", 500, noise=True)
    text = "Driver: Ottilie Erfunden 13912345678 is on the way"
    with serving("--data", str(data), log=tmp_path / "log") as server:
        scopes = [word for one in ALL for word in ("--scope", one)]
        command = [*MILEPOST, "keys", "create", "--tenant", "shop", "--data", str(data), *scopes]
        key = subprocess.check_output(command, text=True).splitlines()[-1]
        me = httpx2.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"})
        made = me.post("/v1/shipments", json={"number": "YT7800000000099", "carrier": "yto",
                                             "consignee": {"phone": "13800001111"}})  # fmt: skip
        identity = made.json()["shipments"][0]["id"]
        now = NOW.isoformat()
        me.post("/v1/scans", json=[{"number": "YT7800000000099", "carrier": "yto", "text": text,
                                    "occurred_at": now}])  # fmt: skip
        path = f"/v1/shipments/{identity}/evidence"
        line = me.post(path, params={"kind": "photograph"}, content=body,
                       headers={"Content-Type": "image/png"}).json()  # fmt: skip
        server.kill()
        server.start()
        texts = [one["text"] for one in me.get("/v1/track/YT7800000000099").json()["events"]]
        assert text in texts
        listed = me.get(path).json()["evidence"]
        assert [one["id"] for one in listed] == [line["id"]]
        assert me.get(f"{path}/{line['id']}").content == body
        people = me.get(f"/v1/shipments/{identity}/personal").json()
        assert people["consignee"] == {"phone": "13800001111"}
        me.close()
