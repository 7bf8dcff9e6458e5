"""`milepost epcis check` and `milepost epcis hash`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from epcis_events import document, raw

from milepost.cli import main
from milepost.cli._epcis import is_epcis
from milepost.epcis.hashing import event_hash


def test_check_says_what_is_wrong_where(tmp_path: Path) -> None:
    good, bad, none = (tmp_path / f"{name}.json" for name in ("good", "bad", "none"))
    good.write_text(json.dumps(document(raw())))
    bad.write_text(json.dumps(document(raw(action="MOVE"))))
    none.write_text("{")
    files = [str(good), str(bad), str(none)]

    done = CliRunner().invoke(main, ["epcis", "check", *files, "--json"])
    rows = [json.loads(line) for line in done.output.splitlines()]

    assert done.exit_code == 1
    assert [row["valid"] for row in rows] == [True, False, False]
    assert rows[1]["errors"][0]["path"] == "epcisBody.eventList[0].action"
    plain = CliRunner().invoke(main, ["epcis", "check", str(good)])
    assert (plain.exit_code, "valid (document, 1 events)" in plain.output) == (0, True)


def test_hash_prints_one_line_an_event(tmp_path: Path) -> None:
    file = tmp_path / "two.json"
    file.write_text(json.dumps(document(raw(), raw(action="DELETE"))))

    done = CliRunner().invoke(main, ["epcis", "hash", str(file)])

    assert done.output.splitlines() == [event_hash(raw()), event_hash(raw(action="DELETE"))]


def test_import_knows_epcis_from_other_files(tmp_path: Path) -> None:
    epcis, other = tmp_path / "a.json", tmp_path / "b.json"
    epcis.write_text(json.dumps(document(raw())))
    other.write_text('[{"number": "SYN1"}]')

    assert is_epcis(epcis)
    assert not is_epcis(other)
