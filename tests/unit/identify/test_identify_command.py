from __future__ import annotations

import json

from click.testing import CliRunner

from milepost.cli.identify import evaluate_identify_command, identify_command


def test_json_lines_in_order() -> None:
    lines = '{"number": "７６２１ 3304417725"}\nSF1704422690318\n{"number": null}\n[1]\n'
    result = CliRunner().invoke(identify_command, ["-", "--json"], input=lines)

    rows = [json.loads(line) for line in result.output.splitlines()]
    assert [row["number"] for row in rows] == ["76213304417725", "SF1704422690318", "", "1"]
    best = rows[0]["candidates"][0]
    assert (best["carrier"], best["checksum"], best["business_type"]) == ("zto", None, None)


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    result = CliRunner().invoke(
        identify_command, ["-", "--json"], input=b"\xff\xfe\nSF1704422690318"
    )

    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 2


def test_table_for_people() -> None:
    result = CliRunner().invoke(identify_command, ["RR704152368DE", "zzz", "--country", "DE"])

    assert "deutsche-post" in result.output
    assert "no known format fits" in result.output


def test_evaluate(tmp_path) -> None:  # type: ignore[no-untyped-def]
    case = {"courier": "ups", "format": "UPS", "number": "SF1704422690318", "valid": True}
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": [case]}), "utf-8")

    result = CliRunner().invoke(evaluate_identify_command, [str(path), "--json"])
    assert json.loads(result.output)["top1_misses"] == ["SF1704422690318"]
    assert "random_called" in CliRunner().invoke(evaluate_identify_command, [str(path)]).output
