"""What lies beside the journal is held against its own seals: `milepost verify` names what was
changed, moved or taken away in the vault, the evidence, the raw payloads, the cases, captured
EPCIS events, media of assets and credentials.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from evidence_files import picture
from journey.running import NOW, Caller, Running, running, scan
from milepost.engine.devices import Medium
from milepost.notary.faults import Fault
from milepost.stores.postgres.asset_media import PostgresMedia
from milepost.stores.sealer import MASTER_KEY, Sealer, open_sealer
from milepost.wiring import open_store
from milepost.wiring.auditing import audit

pytest_plugins = ["pg"]
NUMBERS = ("SF7300000001", "SF7300000002")
PHONE = "13912345678"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(module_url: str, folder: Path) -> Iterator[Running]:
    with running(module_url, data=folder) as started:
        yield started


@pytest.fixture(scope="module")
def me(app: Running) -> Caller:
    """Two parcels with senders, words, pictures (one of them large), and a case each."""
    caller = app.caller(scopes=("read", "write", "personal"))
    for number in NUMBERS:
        who = {"name": "Ottilie Erfunden", "phone": PHONE}
        (made,) = caller.register({"number": number, "carrier": "sf", "consignee": who})
        given = [given_picture(caller, made["id"], size) for size in (8, 400)]
        caller.scan(scan(number, text=f"派件员 孙小满 {PHONE} 正在派件", evidence=given))
        body = {"kind": "report", "number": number, "fields": {"problem": "late"}}
        assert caller.post("/v1/cases", body).status_code == 201
    captured = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
                     {"ex": "https://ns.example.org/epcis/"}],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": NOW.isoformat(),
        "ex:ignoreFields": ["ex:stored"],
        "epcisBody": {"eventList": [
            *(seen(at, **{"ex:driverName": "Ottilie Erfunden"}) for at in (1, 2)),
            seen(3), seen(4, **{"ex:stored": "later"}),
        ]},
    }  # fmt: skip
    answer = caller.post("/v1/epcis/capture", captured)
    assert answer.status_code == 202, answer.text
    for at in (1, 2):
        medium = Medium(number=at, content_type="image/jpeg", event=0, channel=1,
                        body=b"made up %d" % at, at_us=1_000)  # fmt: skip
        pictures = PostgresMedia(app.milepost.store.pool, sealer(app))
        app.call(pictures.add, caller.tenant, "truck:1", medium, 2_000)
        app.call(app.milepost.telling.dialects.credentials.add, caller.tenant, "shippo",
                 f"made up {at}", {"token": "t"})  # fmt: skip
    return caller


def seen(serial: int, **more: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent", "eventTime": NOW.isoformat(), "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE", "bizStep": "arriving",
        "epcList": [f"urn:epc:id:sscc:6901234.0{serial:09d}"], "ex:dock": 7.50, **more,
    }  # fmt: skip


def sealer(app: Running) -> Sealer:
    return open_sealer(app.milepost.settings.data / MASTER_KEY)


def given_picture(me: Caller, shipment: str, size: int) -> str:
    path = f"/v1/shipments/{shipment}/evidence?kind=photograph"
    answer = me.post(path, picture("PNG", size, noise=True), "image/png")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def faults(app: Running) -> list[Fault]:
    async def run() -> list[Fault]:
        store = await open_store(app.milepost.settings)
        try:
            return (await audit(app.milepost.settings, store, lambda _: None)).faults
        finally:
            await store.close()

    return asyncio.run(run())


@contextmanager
def changed(app: Running, table: str, *statements: str) -> Iterator[None]:
    """Tables as somebody with the database's password leaves them; put back afterwards."""
    app.sql(f"CREATE TABLE kept AS TABLE {table}")
    try:
        for sql in statements:
            app.sql(sql)
        yield
    finally:
        if table == "case_file":  # its steps hold on to it
            app.sql("UPDATE case_file AS c SET body = k.body FROM kept AS k WHERE k.id = c.id")
        else:
            app.sql(f"DELETE FROM {table}")
            app.sql(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept")
        app.sql("DROP TABLE kept")


FLIP = "set_byte({0}, 20, get_byte({0}, 20) # 1)"
SWAP = """UPDATE {0} AS a SET {1} = b.{1} FROM {0} AS b
WHERE a.ctid <> b.ctid AND a.ctid IN (SELECT ctid FROM {0} ORDER BY 1 LIMIT 2)
AND b.ctid IN (SELECT ctid FROM {0} ORDER BY 1 LIMIT 2)"""
TAMPERED = [
    ("vault_item", (f"UPDATE vault_item SET sealed = {FLIP.format('sealed')} "
     "WHERE ctid = (SELECT min(ctid) FROM vault_item)"), "sealed"),
    ("vault_item", SWAP.format("vault_item", "sealed"), "sealed"),
    ("vault_item", ("UPDATE vault_item SET sealed = 'x' "
     "WHERE ctid = (SELECT min(ctid) FROM vault_item)"), "sealed"),
    ("vault_text", SWAP.format("vault_text", "sealed"), "sealed"),
    ("vault_key", SWAP.format("vault_key", "wrapped"), "sealed"),
    ("vault_key", "DELETE FROM vault_key WHERE ctid = (SELECT min(ctid) FROM vault_key)", "sealed"),
    ("evidence", SWAP.format("evidence", "detail"), "sealed"),
    ("evidence", "UPDATE evidence SET content_type = 'image/jpeg'", "sealed"),
    ("evidence", "UPDATE evidence SET at_us = at_us + 1", "sealed"),
    ("evidence", "DELETE FROM evidence WHERE sealed IS NOT NULL", "removed"),
    ("raw", SWAP.format("raw", "body"), "sealed"),
    ("raw", (f"UPDATE raw SET body = {FLIP.format('body')} "
     "WHERE ctid = (SELECT min(ctid) FROM raw)"), "sealed"),
    ("raw", "DELETE FROM raw WHERE id IN (SELECT raw FROM journal LIMIT 1)", "removed"),
    ("case_step", ("UPDATE case_step SET body = convert_to(replace(convert_from(body, 'UTF8'), "
     "'late', 'none'), 'UTF8') WHERE position = 1"), "steps"),
    ("case_step", "DELETE FROM case_step WHERE position = 2", "steps"),
    ("case_step", SWAP.format("case_step", "body"), "steps"),
    ("epcis_said", (f"UPDATE epcis_said SET sealed = {FLIP.format('sealed')} "
     "WHERE ctid = (SELECT min(ctid) FROM epcis_said)"), "sealed"),
    ("epcis_said", SWAP.format("epcis_said", "shares"), "sealed"),
    ("epcis_event", ("UPDATE epcis_event SET body = body || '{\"bizStep\": \"shipping\"}' "
     "WHERE seq = (SELECT max(seq) FROM epcis_event)"), "sealed"),
    ("epcis_event", "DELETE FROM epcis_event WHERE seq = (SELECT min(seq) FROM epcis_event)",
     "removed"),
    ("asset_media", SWAP.format("asset_media", "sealed"), "sealed"),
    ("asset_media", "UPDATE asset_media SET channel = channel + 1", "sealed"),
    ("dialect_credential", SWAP.format("dialect_credential", "sealed"), "sealed"),
    ("vault_secret", f"UPDATE vault_secret SET wrapped = {FLIP.format('wrapped')}", "sealed"),
    ("case_file", "UPDATE case_file SET body = body || '{\"owner\": \"nobody\"}'", "steps"),
    ("case_file", "UPDATE case_file SET body = body || '{\"closed_at_us\": \"never\"}'", "steps"),
]  # fmt: skip


def test_an_honest_record_is_sound(app: Running, me: Caller) -> None:
    assert faults(app) == []


@pytest.mark.parametrize(("table", "sql", "kind"), TAMPERED)
def test_what_was_tampered_with_is_named(
    app: Running, me: Caller, table: str, sql: str, kind: str
) -> None:
    with changed(app, table, sql):
        found = faults(app)
    assert {one.kind for one in found} == {kind}, found
    assert all(one.tenant == me.tenant and one.detail for one in found)
    where = "case_step" if table == "case_file" else table
    assert table == "vault_key" or {one.where for one in found} == {where}


def test_a_large_picture_that_was_exchanged_or_removed_is_named(
    app: Running, me: Caller, folder: Path
) -> None:
    one, other = [path for path in (folder / "evidence").rglob("*m1") if path.is_file()]
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    assert [(fault.kind, one.name in fault.detail) for fault in faults(app)] == [("sealed", True)]
    one.unlink()
    assert ["its file is gone" in fault.text() for fault in faults(app)] == [True]
    one.write_bytes(kept)


def test_what_was_erased_is_no_fault(app: Running, me: Caller) -> None:
    identity = me.track(NUMBERS[1])["shipment"]
    gone = me.client.delete(f"/v1/shipments/{identity}/personal", headers=me.headers)
    assert gone.status_code == 204
    assert faults(app) == []
