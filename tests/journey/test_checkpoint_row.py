"""A removed checkpoint shows in the row of checkpoints itself, and the words of `verify`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import structs

from journey.running import Caller, Running, running, scan
from milepost.cli.verify import verify_command
from milepost.notary.faults import Report
from milepost.notary.note import signed, unchecked
from milepost.wiring import open_store
from milepost.wiring.auditing import audit
from patience import until

pytest_plugins = ["pg"]
NUMBER = "SF1000000100"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def app(store_url: str, folder: Path) -> Iterator[Running]:
    with running(store_url, data=folder) as started:
        yield started


@pytest.fixture
def me(app: Running) -> Caller:
    """A tenant with one road and one checkpoint."""
    caller = app.caller()
    caller.scan(scan(NUMBER, hours=9, code="picked_up"))
    until(lambda: caller.post("/v1/proofs/checkpoints").json()["checkpoints"])
    return caller


def audited(app: Running, *notes: tuple[str, str]) -> Report:
    settings = app.milepost.settings

    async def run() -> Report:
        store = await open_store(settings)
        try:
            return await audit(settings, store, lambda _: None, notes=notes)
        finally:
            await store.close()

    return asyncio.run(run())


def verified(app: Running) -> tuple[int, str]:
    settings = app.milepost.settings
    done = CliRunner().invoke(
        verify_command, ["--database", settings.database, "--data", str(settings.data)]
    )
    return done.exit_code, done.output


def test_a_removed_checkpoint_is_named_by_the_one_after_it(app: Running, me: Caller) -> None:
    """Without any note that somebody kept."""
    for hours in (3, 2):
        me.scan(scan(NUMBER, hours=hours, code="in_transit.departed_facility"))
        until(lambda: me.post("/v1/proofs/checkpoints").json()["checkpoints"])
    notes = [one["note"] for one in me.get("/v1/proofs/checkpoints").json()["checkpoints"]]
    numbers = [line for note in notes for line in note.splitlines() if line.startswith("number ")]
    rows = app.sql("SELECT id FROM notary_checkpoint ORDER BY id")
    assert numbers == ["number 3", "number 2", "number 1"]
    assert audited(app).sound

    removed = {}
    for place, (row,) in enumerate(rows, 1):
        app.sql("CREATE TABLE gone AS SELECT * FROM notary_checkpoint WHERE id = $1", row)
        app.sql("DELETE FROM notary_checkpoint WHERE id = $1", row)
        (fault,) = audited(app).faults
        removed[place] = fault.text()
        app.sql("INSERT INTO notary_checkpoint OVERRIDING SYSTEM VALUE TABLE gone")
        app.sql("DROP TABLE gone")

    assert "checkpoint number 1 was removed, which number 2 names" in removed[1]
    assert "checkpoint number 2 was removed, which number 3 names" in removed[2]
    assert "number 3 was removed, which the log's files name as the newest" in removed[3]
    assert audited(app).sound


def test_a_note_from_before_they_were_numbered_still_holds(
    app: Running, me: Caller, folder: Path
) -> None:
    """It is signed as it was; the first numbered one names it."""
    [(row, note)] = app.sql("SELECT id, note FROM notary_checkpoint")
    notary = next(one.notary for one in app.milepost.features if hasattr(one, "notary"))
    old = signed(structs.replace(unchecked(note), number=0, previous=b""), notary._key)
    app.sql("UPDATE notary_checkpoint SET note = $1", old)
    for path in (folder / "notary").rglob("checkpoint"):
        path.unlink()
    assert "number" not in old
    assert audited(app, ("kept.txt", old)).sound
    me.scan(scan(NUMBER, hours=1, code="in_transit.departed_facility"))
    made = until(lambda: me.post("/v1/proofs/checkpoints").json()["checkpoints"])

    assert unchecked(made[0]["note"]).number == 1
    assert audited(app).sound
    app.sql("DELETE FROM notary_checkpoint WHERE id = $1", row)
    (fault,) = audited(app).faults
    assert "a checkpoint was removed, which number 1 names" in fault.detail


def test_what_verify_says_of_lines_that_are_not_written_yet(app: Running, me: Caller) -> None:
    """The list follows the journal by a moment; that is no fault, and the words say so."""
    app.written()
    assert verified(app)[0] == 0
    assert "is what the journal says." in verified(app)[1]
    turn = app.milepost.engine.read_model._turn
    app.call(turn.acquire)  # nobody writes the list
    me.scan(scan("SF1000000201", 5), scan("SF1000000202", 5), scan(NUMBER, 5))
    code, said = verified(app)
    turn.release()

    assert code == 0
    assert "all sound" in said
    assert "is what the journal says; 3 lines are not written yet" in said
    assert "missing" not in said


def test_what_verify_says_of_lines_that_are_wrong(app: Running, me: Caller) -> None:
    me.scan(scan("SF1000000201", 5), scan("SF1000000202", 5))
    app.written()
    app.sql("DELETE FROM shipment WHERE number = 'SF1000000201'")
    app.sql("UPDATE shipment SET state = state || '\\x00' WHERE number = 'SF1000000202'")

    code, said = verified(app)
    assert code == 1
    assert "all sound" in said
    assert "is not what the journal says: 1 lines say something else, 1 lines are missing" in said
    assert "`milepost rebuild` makes it anew" in said
