"""`milepost read` and `milepost evaluate reading`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from milepost.cli.evaluate import evaluate_group
from milepost.cli.read import read_command

GOLD = [
    {"text": "Delivered", "main": "delivered", "sub": "delivered", "carrier": "x", "lang": "en"},
    {
        "text": "FAQ",
        "main": "unknown",
        "sub": None,
        "carrier": "x",
        "lang": "en",
        "non_event": True,
    },
    {"text": "到达【青羊】", "main": "customs", "sub": "customs.pending", "place": "青羊"},
]


def test_lines_are_answered_in_order_and_a_bad_one_does_not_stop_them() -> None:
    lines = [
        b'{"text": "Out for delivery"}',
        b"{nonsense",
        '{"text": "已签收"}'.encode(),
        b'{"x":1}',
    ]
    result = CliRunner().invoke(read_command, ["-", "--json"], input=b"\n".join(lines))
    answers = [json.loads(line) for line in result.output.splitlines()]

    assert [a["main"] for a in answers] == ["out_for_delivery", "unknown", "delivered", "unknown"]
    assert ["error" in a for a in answers] == [False, True, False, True]
    assert {"main", "sub", "place", "next_place", "personal"} <= set(answers[0])


def test_a_table_shows_masked_text() -> None:
    result = CliRunner().invoke(read_command, ["派件员：王小明 13912345678 正在派件"])

    assert result.exit_code == 0
    assert "13912345678" not in result.output
    assert "out_for_delivery" in result.output


def test_one_object_a_text() -> None:
    result = CliRunner().invoke(read_command, ["--json", "In transit", "Customs cleared"])

    assert [json.loads(line)["main"] for line in result.output.splitlines()] == [
        "in_transit",
        "customs",
    ]


def test_evaluation_counts(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(json.dumps(row) for row in GOLD), "utf-8")
    result = CliRunner().invoke(
        evaluate_group, ["reading", "--gold", str(gold), "--json", "--errors"]
    )
    answer = json.loads(result.output)

    assert answer["overall"]["n"] == 3
    assert answer["overall"]["lenient_main"] == round(2 / 3, 4)
    assert answer["overall"]["place"] == 1.0
    assert [error["what"] for error in answer["errors"]] == ["main", "sub"]


def test_evaluation_prints_a_table(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(json.dumps(row) for row in GOLD), "utf-8")
    result = CliRunner().invoke(evaluate_group, ["reading", "--gold", str(gold), "--errors"])

    assert result.exit_code == 0
    assert "Read wrong" in result.output
