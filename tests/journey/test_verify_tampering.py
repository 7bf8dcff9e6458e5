"""Whoever changes the record past the server is found out, and the first change is named."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import asyncpg
import httpx2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.running import Caller, Running, running, scan
from journey.serving import MILEPOST, serving
from milepost.notary.anchoring import Anchors
from milepost.notary.faults import Report
from milepost.notary.keys import PublicKey, SigningKey
from milepost.notary.tsa import TsaWitness
from milepost.settings import Settings
from milepost.stores.postgres.notary import PostgresNotary
from milepost.wiring import open_store
from milepost.wiring.auditing import audit
from tsa_server import Authority, stamping

pytest_plugins = ["pg"]
NUMBERS = [f"SF10000000{n:02}" for n in range(6)]
CODES = ["picked_up", "in_transit.arrived_hub", "out_for_delivery", "delivered.signature"]


TABLES = ("journal", "notary_link", "notary_log", "notary_checkpoint")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(module_url: str, folder: Path) -> Iterator[Running]:
    """One application; what a test does to its tables and files is undone."""
    with running(module_url, data=folder) as started:
        yield started


@pytest.fixture(scope="module")
def owner(app: Running) -> Caller:
    caller = shipped(app)
    for table in TABLES:
        app.sql(f"CREATE TABLE kept_{table} AS TABLE {table}")
    return caller


@pytest.fixture
def me(app: Running, owner: Caller, folder: Path) -> Iterator[Caller]:
    """A tenant with six roads in six commits, and a checkpoint after the fourth."""
    kept = {path: path.read_bytes() for path in (folder / "notary").rglob("*") if path.is_file()}
    yield owner
    for table in TABLES:
        app.sql(f"DELETE FROM {table}")
        app.sql(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}")
    for path, data in kept.items():
        path.write_bytes(data)


def shipped(app: Running) -> Caller:
    caller = app.caller()
    for turn, number in enumerate(NUMBERS):
        caller.scan(*[scan(number, hours=9 - at, code=code) for at, code in enumerate(CODES)])
        if turn == 3:
            assert caller.post("/v1/proofs/checkpoints").status_code == 201
    app.written()
    return caller


def audited(app: Running, *notes: tuple[str, str], key: PublicKey | None = None) -> Report:
    settings = app.milepost.settings

    async def run() -> Report:
        store = await open_store(settings)
        try:
            return await audit(settings, store, lambda _: None, notes=notes, key=key)
        finally:
            await store.close()

    return asyncio.run(run())


def event_of(me: Caller, number: str, place: int = 1) -> str:
    return str(me.track(number)["events"][place]["id"])


def signed_of(event: str) -> int:
    value = int(event, 16)
    return value - (1 << 64) if value >> 63 else value


def test_an_honest_record_is_sound(app: Running, me: Caller) -> None:
    report = audited(app)

    assert report.sound, report.faults
    assert (report.leaves, report.journal_rows, report.checkpoints) == (24, 24, 1)
    assert (report.before, report.retired) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "at_us = at_us + 1", "received_us = received_us - 1", "code = 12", "quality = 3",
        "offset_min = NULL", "raw = raw + 1", "reference = 5", "parcel = parcel + 1",
        "body = overlay(body placing 'X'::bytea from 12)", "body = ''::bytea",
    ],
)  # fmt: skip
def test_a_changed_row_is_named(app: Running, me: Caller, change: str) -> None:
    event = event_of(me, NUMBERS[2])
    app.sql(f"UPDATE journal SET {change} WHERE fingerprint = $1", signed_of(event))

    [fault] = audited(app).faults
    assert (fault.kind, fault.where, fault.event) == ("changed", "journal", event)
    assert (fault.tenant, fault.seq is not None) == (me.tenant, True)
    if "body" not in change:
        assert fault.number == NUMBERS[2]
    assert event in fault.text()


def test_a_removed_row_is_named(app: Running, me: Caller) -> None:
    event = event_of(me, NUMBERS[4])
    app.sql("DELETE FROM journal WHERE fingerprint = $1", signed_of(event))

    [fault] = audited(app).faults
    assert (fault.kind, fault.event, fault.number) == ("removed", event, NUMBERS[4])


COPY = (
    "INSERT INTO journal (parcel, seq, fingerprint, at_us, received_us, raw, reference, tenant, "
    "day, offset_min, code, quality, body) SELECT parcel, {seq}, {fingerprint}, at_us, "
    "received_us, raw, reference, tenant, day, offset_min, code, quality, body "
    "FROM journal WHERE fingerprint = $1"
)


@pytest.mark.parametrize(
    ("seq", "fingerprint"), [("seq", "77"), ("seq", "fingerprint"), ("987654", "fingerprint")]
)
def test_an_inserted_row_is_named(app: Running, me: Caller, seq: str, fingerprint: str) -> None:
    event = event_of(me, NUMBERS[1])
    app.sql(COPY.format(seq=seq, fingerprint=fingerprint), signed_of(event))

    [fault] = audited(app).faults
    assert (fault.kind, fault.number) == ("inserted", NUMBERS[1])
    assert fault.event == (event if fingerprint == "fingerprint" else f"{77:016x}")


def test_a_row_moved_to_another_tenant_is_named(app: Running, me: Caller) -> None:
    other = app.caller()
    other.scan(scan("SF2000000001"))
    event = event_of(me, NUMBERS[0])
    app.sql("UPDATE journal SET tenant = $1 WHERE fingerprint = $2", other.tenant, signed_of(event))

    kinds = {fault.kind for fault in audited(app).faults}
    assert kinds == {"removed", "inserted"}


def test_the_first_of_several_comes_first(app: Running, me: Caller) -> None:
    for number in (NUMBERS[5], NUMBERS[1], NUMBERS[3]):
        event = signed_of(event_of(me, number))
        app.sql("UPDATE journal SET at_us = at_us + 1 WHERE fingerprint = $1", event)

    assert [fault.number for fault in audited(app).faults] == [NUMBERS[n] for n in (1, 3, 5)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE notary_link SET head = sha256('x') WHERE first = 8",
        "UPDATE notary_link SET at_us = at_us + 1 WHERE first = 8",
        "DELETE FROM notary_link WHERE first = 8",
        "UPDATE notary_log SET genesis = 'x'::bytea",
        "DELETE FROM notary_link WHERE first = 20",
    ],
)
def test_a_changed_chain_is_named(app: Running, me: Caller, change: str) -> None:
    app.sql(change)
    wanted = 0 if "genesis" in change else 20 if "20" in change else 8

    fault = audited(app).faults[0]
    assert (fault.kind, fault.index) == ("chain", wanted)


def test_a_changed_checkpoint_is_named(app: Running, me: Caller) -> None:
    app.sql("UPDATE notary_checkpoint SET root = sha256('x')")
    assert [fault.kind for fault in audited(app).faults] == ["checkpoint"]
    app.sql("UPDATE notary_checkpoint SET note = replace(note, 'suite', 'sweet')")
    assert "signature" in audited(app).faults[0].detail


def test_chain_and_row_changed_together_do_not_fit_the_checkpoint(
    app: Running, me: Caller, tmp_path: Path
) -> None:
    """Who rewrites rows, chain and files from the start still has not the checkpoints."""
    event = event_of(me, NUMBERS[0])
    app.sql("UPDATE journal SET code = 99 WHERE fingerprint = $1", signed_of(event))
    forged = asyncio.run(_rewritten(app, me.tenant))

    [fault] = audited(app).faults
    assert fault.kind == "checkpoint"
    assert forged == 6


def test_a_record_that_was_put_back_does_not_fit_a_kept_checkpoint(
    app: Running, me: Caller, folder: Path
) -> None:
    """Database, files, key and checkpoints of an earlier day are sound in themselves: only what
    somebody kept elsewhere tells.
    """
    note = me.get("/v1/proofs/checkpoints").json()["checkpoints"][0]["note"]
    assert audited(app, ("kept.txt", note)).sound
    for table, first in (("journal", "seq"), ("notary_link", "first")):
        known = "SELECT seq FROM notary_link WHERE first >= 12" if first == "seq" else "12"
        wanted = f"seq IN ({known})" if first == "seq" else "first >= 12"
        app.sql(f"DELETE FROM {table} WHERE {wanted}")
    app.sql("DELETE FROM notary_checkpoint")
    for path in (folder / "notary").rglob("leaves"):
        path.write_bytes(path.read_bytes()[: 12 * 32])
    [fault] = audited(app).faults
    assert fault.kind == "checkpoints"
    assert "removed, which the log's files name as the newest" in fault.detail
    for path in (folder / "notary").rglob("checkpoint"):
        path.unlink()  # none had been made by then

    assert audited(app).sound
    [fault] = audited(app, ("kept.txt", note)).faults
    assert (fault.kind, fault.where, fault.index) == ("checkpoint", "kept.txt", 16)
    assert fault.detail == "the log has only 12 leaves"


def test_a_kept_checkpoint_of_nobodys_or_another_key(app: Running, me: Caller) -> None:
    note = me.get("/v1/proofs/checkpoints").json()["checkpoints"][0]["note"]
    another = SigningKey(bytes(32)).public

    assert audited(app, ("a", note.replace("16", "15", 1))).faults[0].where == "a"
    assert {fault.kind for fault in audited(app, ("a", note), key=another).faults} == {"checkpoint"}
    assert "not a signed note" in audited(app, ("a", "nonsense")).faults[0].detail


async def _rewritten(app: Running, tenant: int) -> int:
    """What the server would have written, had the rows always been as they are now."""
    from milepost.engine.proving import LogKey
    from milepost.notary.chain import first_head, head_after
    from milepost.notary.leaf import hashed
    from milepost.stores.postgres.notary import PostgresNotary

    store = await open_store(app.milepost.settings)
    notary = PostgresNotary(store.pool)
    [log] = await notary.logs(tenant)
    folder = store.linker.folders.of(log.key, log.suite)
    links = await notary.links_from(LogKey(tenant, 0), 0, 100)
    folder.cut(0)
    head = first_head(folder.suite, log.genesis)
    async with store.pool.connection() as connection:
        for link in links:
            rows = await notary.rows_of(tenant, [link.seq])
            pairs = hashed(folder.suite, [r.row for r in rows], [r.body for r in rows], link.seq)
            leaves = b"".join(leaf for leaf, _ in sorted(pairs))
            head = head_after(
                folder.suite, head, link.seq, link.first, link.leaves, link.at_us, leaves
            )
            folder.append(link.first, leaves, b"".join(record for _, record in sorted(pairs)))
            await connection.execute(
                "UPDATE notary_link SET head = $1 WHERE first = $2", head, link.first
            )
    await store.close()
    return len(links)


def test_changed_files_are_told_from_a_changed_journal(
    app: Running, me: Caller, folder: Path
) -> None:
    [leaves] = (folder / "notary").glob(f"*/{me.tenant}-0/leaves")
    data = bytearray(leaves.read_bytes())
    data[9 * 32] ^= 1
    leaves.write_bytes(data)

    fault = audited(app).faults[0]
    assert (fault.kind, fault.index, fault.where) == ("files", 8, str(leaves))


@pytest.mark.parametrize("loss", ["all", "some"])
def test_lost_files_are_made_again(app: Running, me: Caller, folder: Path, loss: str) -> None:
    [leaves] = (folder / "notary").glob(f"*/{me.tenant}-0/leaves")
    whole = leaves.read_bytes()
    leaves.write_bytes(b"" if loss == "all" else whole[: 32 * 9 + 5])
    assert audited(app).sound  # the rows still give what the chain says

    app.call(app.milepost.features[_place(app)].notary.mend, 0)
    assert leaves.read_bytes() == whole
    assert audited(app).sound


def _place(app: Running) -> int:
    names = [type(one).__name__ for one in app.milepost.features]
    return names.index("NotaryFeature")


# Sealed days


class Sealed(NamedTuple):
    """An application all of whose roads are sealed, and gone from the journal."""

    app: Running
    me: Caller
    folder: Path
    part: Path


def sealed_in(app: Running, folder: Path) -> Sealed:
    caller = shipped(app)
    app.clock.now += timedelta(days=10)
    sealing = app.milepost.engine.sealing
    assert app.call(sealing.seal) == len(NUMBERS)
    app.call(sealing.tidy)
    assert app.sql("SELECT count(*) FROM journal")[0][0] == 0
    [part] = (folder / "history" / "parts").iterdir()
    return Sealed(app, caller, folder, part)


@pytest.fixture(scope="module")
def sealed_once(
    postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sealed]:
    from pg import fresh  # at the head of the module pytest would be too late to rewrite it

    folder = tmp_path_factory.mktemp("sealed")
    with fresh(postgres, template) as url, running(url, data=folder) as app:
        yield sealed_in(app, folder)


@pytest.fixture
def sealed(sealed_once: Sealed) -> Iterator[Sealed]:
    """What a test does to the Parquet file is undone."""
    data = sealed_once.part.read_bytes()
    yield sealed_once
    sealed_once.part.write_bytes(data)


def test_sealed_rows_have_the_leaves_that_they_had(sealed: Sealed) -> None:
    report = audited(sealed.app)

    assert report.sound, report.faults
    assert (report.sealed_rows, report.journal_rows) == (24, 0)
    event = event_of(sealed.me, NUMBERS[3])
    answer = sealed.me.get(f"/v1/proofs/events/{event}")
    assert answer.status_code == 200, answer.text


def test_lost_files_are_made_again_from_the_history(sealed: Sealed) -> None:
    [leaves] = (sealed.folder / "notary").glob("*/*/leaves")
    whole = leaves.read_bytes()
    leaves.write_bytes(whole[:64])

    sealed.app.call(sealed.app.milepost.features[_place(sealed.app)].notary.mend, 0)
    assert leaves.read_bytes() == whole


@pytest.mark.parametrize("column", ["number", "code", "at_s", "quality", "seq_after", "text"])
def test_a_changed_parquet_file_is_named(sealed: Sealed, column: str) -> None:
    file = pq.ParquetFile(sealed.part)
    table, more = file.read(), file.metadata.metadata
    values = table[column].to_pylist()
    values[7] = "SF9999999999" if column in {"number", "text"} else values[7] + 1
    array = pa.array(values, table.schema.field(column).type)
    changed = table.set_column(table.schema.get_field_index(column), column, array)
    pq.write_table(changed.replace_schema_metadata(more), sealed.part)

    faults = audited(sealed.app).faults
    assert any(one.where == str(sealed.part) and one.event for one in faults), faults
    # Under the number of another commit it is missing in its own.
    assert faults[0].kind == ("removed" if column == "seq_after" else "changed")


def test_a_damaged_parquet_file_is_named(sealed: Sealed) -> None:
    data = sealed.part.read_bytes()
    sealed.part.write_bytes(data[:200] + bytes(200) + data[400:])

    faults = audited(sealed.app).faults
    assert any(str(sealed.part) == one.where for one in faults), faults


def test_a_removed_parquet_file_is_noticed(sealed: Sealed) -> None:
    sealed.part.unlink()

    report = audited(sealed.app)
    assert (report.faults[0].kind, report.faults_in_all) == ("removed", 24)


def test_what_is_past_retention_was_not_removed(store_url: str, tmp_path: Path) -> None:
    with running(store_url, data=tmp_path) as app:
        sealed = sealed_in(app, tmp_path)
        _retire(sealed)


def _retire(sealed: Sealed) -> None:
    app, part = sealed.app, sealed.part
    app.clock.now += timedelta(days=4_000)
    app.call(app.milepost.engine.sealing.tidy)
    assert not part.exists()

    report = audited(app)
    assert (report.sound, report.retired) == (True, 24)


def test_a_scan_that_came_again_with_more_is_sealed_twice(store_url: str, tmp_path: Path) -> None:
    with running(store_url, data=tmp_path) as app:
        _come_again(app)


def _come_again(app: Running) -> None:
    me = app.caller()
    vague = scan(NUMBERS[0], hours=5, code=None, text="arrived")
    me.scan(vague)
    me.scan(vague | {"code": "in_transit.arrived_hub"})
    me.scan(scan(NUMBERS[0], hours=1, code=CODES[-1]))
    app.written()
    app.clock.now += timedelta(days=10)
    app.call(app.milepost.engine.sealing.seal)
    app.call(app.milepost.engine.sealing.tidy)

    assert app.sql("SELECT count(*) FROM journal")[0][0] == 0
    assert audited(app).sound


# From outside


@pytest.mark.server
def test_the_command_says_so_even_after_kill_9(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with serving("--data", data, log=tmp_path / "log") as server:
        headers = {"Authorization": f"Bearer {server.key('shop')}"}
        for number in NUMBERS:
            scans = [scan(number, hours=3), scan(number, hours=2, code="out_for_delivery")]
            answer = httpx2.post(f"{server.url}/v1/scans", json=scans, headers=headers)
            assert answer.status_code == 202
        server.kill()
        server.start()
        track = httpx2.get(f"{server.url}/v1/track/{NUMBERS[0]}", headers=headers).json()
        event = track["events"][0]["id"]
        proof = httpx2.get(f"{server.url}/v1/proofs/events/{event}", headers=headers)
        assert proof.status_code == 200, proof.text
        (tmp_path / "proof.json").write_bytes(proof.content)
        server.stop()

    assert _verify("--data", data)["sound"] is True
    asyncio.run(_tamper(tmp_path / "data", event))
    found = _verify("--data", data, code=1)
    assert found["first"]["event"] == event
    assert found["first"]["kind"] == "changed"
    offline = _verify(str(tmp_path / "proof.json"))
    assert (offline["ok"], offline["proofs"][0]["event"]) == (True, event)
    bad = json.loads(proof.content) | {"index": 3}
    (tmp_path / "proof.json").write_text(json.dumps(bad))
    assert _verify(str(tmp_path / "proof.json"), code=1)["ok"] is False


def _verify(*words: str, code: int = 0) -> dict[str, object]:
    done = subprocess.run(
        [*MILEPOST, "verify", *words, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


async def _tamper(data: Path, event: str) -> None:
    store = await open_store(Settings(data=data))
    async with store.pool.connection() as connection:
        assert isinstance(connection, asyncpg.pool.PoolConnectionProxy)
        await connection.execute(
            "UPDATE journal SET at_us = at_us + 60000000 WHERE fingerprint = $1", signed_of(event)
        )
    await store.close(stop=True)


def test_a_checkpoint_that_witnesses_have_is_missed_though_nothing_else_names_it(
    app: Running, me: Caller, folder: Path, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    with stamping(authority) as url:
        anchors = Anchors(PostgresNotary(app.milepost.store.pool), [TsaWitness(url)], lambda: 1)
        made = app.call(anchors.anchor)
    assert audited(app).sound
    app.sql("UPDATE notary_receipt SET body = jsonb_set(body, '{token}', '\"AAAA\"')")
    [fault] = audited(app).faults
    assert (fault.kind, fault.where) == ("anchor", f"anchor {made.id}")
    app.sql("UPDATE notary_anchor SET root = sha256('x')")
    assert "its root" in audited(app).faults[0].text()
    app.sql("DELETE FROM notary_receipt")
    app.sql("UPDATE notary_anchor SET root = $1", made.root)
    for path in (folder / "notary").rglob("checkpoint"):
        path.unlink()
    app.sql("DELETE FROM notary_checkpoint")
    [fault] = audited(app).faults
    assert (fault.kind, "taken to witnesses" in fault.text()) == ("checkpoints", True)
    app.sql("DELETE FROM notary_anchor")
