"""Personal data on a running server: into the vault, back to whom it concerns, and destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from journey.running import NOW, Caller, Running, running, scan
from milepost.notary.proof import check, read_proof

pytest_plugins = ["pg"]
PHONE = "13912345678"
COURIER = "【云溪公司】派件员 孙小满 13912345678 正在派件"
ALL = ("read", "write", "personal")
BUYER = {
    "name": "Ottilie Erfunden", "phone": "+49 171 5550 123", "email": "ottilie@example.org",
    "lines": ["Musterweg 7"], "city": "Ulm", "postal_code": "89073", "country": "de",
}  # fmt: skip


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


def everything(app: Running, folder: Path) -> str:
    """Every row of every table and every file of the data folder, as text."""
    tables = app.sql(
        "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public'"
    )
    rows = [row for (name,) in tables for row in app.sql(f"SELECT * FROM {name}")]
    found = [_text(value) for row in rows for value in row.values()]
    found += [_text(one.read_bytes()) for one in folder.rglob("*") if one.is_file()]
    return "\n".join(found)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def courier(number: str, **given: Any) -> dict[str, Any]:
    return scan(number, carrier="yto", code="out_for_delivery", text=COURIER, **given)


def shipment(me: Caller, number: str) -> str:
    return str(me.track(number)["shipment"])


def erase(me: Caller, identity: str) -> None:
    answer = me.client.delete(f"/v1/shipments/{identity}/personal", headers=me.headers)
    assert answer.status_code == 204, answer.text


def test_a_couriers_phone_is_nowhere_but_in_the_vault(
    app: Running, me: Caller, folder: Path
) -> None:
    number = "YT7700000000011"
    me.scan(courier(number, actor="孙小满"))
    (event,) = me.track(number)["events"]
    assert (event["text"], event["actor"]) == (COURIER, "孙小满")
    assert me.scan(courier(number, actor="孙小满"))["duplicates"] == 1
    kept = everything(app, folder)
    assert PHONE not in kept
    assert "孙小满" not in kept
    assert "139******78" in kept


def test_after_erasing_the_masked_text_shows_and_a_repeated_scan_is_still_known(
    app: Running, me: Caller, folder: Path
) -> None:
    number, other = "YT7700000000022", "YT7700000000033"
    me.scan(courier(number), courier(other, actor="made-up courier"))
    me.scan(courier(number))  # a duplicate stands in a payload of its own
    identity = shipment(me, number)
    before = me.track(number)
    erase(me, identity)
    after = me.track(number)
    assert after["events"][0]["text"] == "【云溪公司】派件员 孙** 139******78 正在派件"
    assert after["events"][0]["id"] == before["events"][0]["id"]
    assert me.track(other)["events"][0]["text"] == COURIER
    assert me.scan(courier(number))["duplicates"] == 1
    app.call(_turn, app)
    left = [one.body.decode() for one in app.raws(me.tenant)]
    assert not any(number in body for body in left)
    assert sum(other in body for body in left) == 1
    (row,) = app.sql("SELECT DISTINCT actor, numbers FROM vault_erased WHERE tenant = $1",
                     me.tenant)  # fmt: skip
    assert row["numbers"] == [number]
    assert not app.sql("SELECT FROM vault_erased WHERE done_at IS NULL")


def test_what_was_not_erased_can_be_parsed_again_from_its_raw(
    app: Running, me: Caller, folder: Path
) -> None:
    gone, kept = "YT7700000000044", "YT7700000000055"
    me.scan(courier(gone), courier(kept))
    erase(me, shipment(me, gone))
    (raw,) = app.raws(me.tenant)
    receipt = me.post("/v1/scans", raw.body).json()
    assert (receipt["accepted"], receipt["duplicates"]) == (0, 1)


def test_who_receives_goes_to_the_vault_and_only_the_district_beside_it(
    app: Running, me: Caller, folder: Path
) -> None:
    number = "YT7700000000066"
    (made,) = me.register({"number": number, "carrier": "yto", "consignee": BUYER,
                           "declared_value_minor": 12_900, "currency": "EUR"})  # fmt: skip
    path = f"/v1/shipments/{made['id']}/personal"
    assert me.get(path).json()["consignee"] == BUYER
    assert me.track(number)["destination"] == {
        "city": "Ulm", "country": "DE", "postal_code": "890"}  # fmt: skip
    kept = everything(app, folder)
    for secret in (*(BUYER[one] for one in ("name", "phone", "email")), "Musterweg", "89073"):
        assert secret not in kept
    me.scan(scan(number, carrier="yto"))
    app.written()
    assert me.listed(phone="0049 (0)171 5550123") == [number]
    assert me.listed(email="OTTILIE@example.org") == [number]
    assert me.listed(phone="+49 171 5550 999") == []
    assert app.caller(scopes=ALL).listed(phone=str(BUYER["phone"])) == []
    erase(me, made["id"])
    assert me.get(path).json()["consignee"] is None
    assert me.listed(phone=str(BUYER["phone"])) == []


def test_another_consignee_takes_the_place_of_the_first(app: Running, me: Caller) -> None:
    number = "YT7700000000077"
    me.register({"number": number, "carrier": "yto", "consignee": BUYER})
    (made,) = me.register({"number": number, "carrier": "yto",
                           "consignee": {"name": "Made Up", "phone": "0171 5550 777"}})  # fmt: skip
    app.written()
    found = me.get(f"/v1/shipments/{made['id']}/personal").json()["consignee"]
    assert found == {"name": "Made Up", "phone": "0171 5550 777"}
    assert me.listed(phone=str(BUYER["phone"])) == []
    assert me.listed(phone="0171 5550 777") == [number]


def test_the_scope_is_needed_and_tenants_do_not_meet(app: Running, me: Caller) -> None:
    (made,) = me.register({"number": "YT7700000000088", "carrier": "yto", "consignee": BUYER})
    path = f"/v1/shipments/{made['id']}/personal"
    plain = app.caller()
    assert plain.get(path).status_code == 403
    assert app.caller(scopes=ALL).get(path).status_code == 404
    assert me.get("/v1/shipments/0000000000000001/personal").status_code == 404
    assert me.get("/v1/shipments/none/personal").status_code == 422


def test_closed_roads_forget_their_people_after_a_while(app: Running, me: Caller) -> None:
    over, still = "YT7700000000099", "YT7700000000100"
    ids = [me.register({"number": one, "carrier": "yto", "consignee": BUYER})[0]["id"]
           for one in (over, still)]  # fmt: skip
    me.scan(scan(over, carrier="yto", code="delivered"), scan(still, carrier="yto"))
    app.written()
    app.clock.now = NOW + timedelta(days=200)
    app.call(_turn, app)
    found = [me.get(f"/v1/shipments/{one}/personal").json()["consignee"] for one in ids]
    assert found == [None, BUYER]
    (row,) = app.sql("SELECT actor FROM vault_erased WHERE tenant = $1", me.tenant)
    assert row["actor"] == "retention"


def test_what_cannot_be_read_is_kept_without_people(app: Running, me: Caller, folder: Path) -> None:
    assert me.post("/v1/scans", f"made up {COURIER}".encode()).status_code == 400
    assert PHONE not in everything(app, folder)
    (raw,) = app.raws(me.tenant)
    assert PHONE in raw.body.decode()


def test_proofs_hold_after_erasing(app: Running, me: Caller) -> None:
    number = "YT7700000000111"
    me.scan(courier(number, actor="made-up courier"))
    event = me.track(number)["events"][0]["id"]
    proofs = [me.get(f"/v1/proofs/events/{event}")]
    erase(me, shipment(me, number))
    proofs.append(me.get(f"/v1/proofs/events/{event}"))
    assert [one.status_code for one in proofs] == [200, 200]
    before, after = (check(read_proof(one.content)) for one in proofs)
    assert before.leaf == after.leaf


async def _turn(app: Running) -> int:
    feature = next(one for one in app.milepost.features if hasattr(one, "erasing"))
    return int(await feature.turn())
