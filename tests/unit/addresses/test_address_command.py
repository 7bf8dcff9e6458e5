"""`milepost address` and `milepost bench addresses`."""

from __future__ import annotations

import json

from click.testing import CliRunner

from milepost.cli import main

GOOD = "浙江省杭州市西湖区保俶路12号"


def test_texts_for_people() -> None:
    done = CliRunner().invoke(main, ["address", GOOD, "鼓楼区中山路1号", "--lang", "zh"])

    assert done.exit_code == 0
    assert "good 100 %" in done.output
    assert "有多处" in done.output


def test_lines_for_programs_keep_their_order() -> None:
    lines = [
        json.dumps({"text": GOOD}),
        json.dumps({"street": "77 Elm St", "city": "Springfield", "region": "IL", "country": "US"}),
        json.dumps({"text": 7}),
        GOOD,
        json.dumps(GOOD),
    ]
    done = CliRunner().invoke(main, ["address", "-", "--json"], input="\n".join(lines) + "\n\n")
    found = [json.loads(line) for line in done.output.splitlines()]

    assert done.exit_code == 0
    assert len(found) == 5
    assert found[0]["parts"]["code"] == "330106"
    assert [one["code"] for one in found[1]["reasons"]] == ["postal_code_missing"]
    assert "error" in found[2]
    assert found[0] == found[3] == found[4]


def test_the_bench_ends_with_one_object() -> None:
    done = CliRunner().invoke(main, ["bench", "addresses", "--addresses", "300", "--json"])
    figures = json.loads(done.output.splitlines()[-1])

    assert set(figures) == {"addresses", "addresses_per_s", "chinese_per_s", "american_per_s"}
    assert figures["addresses_per_s"] > 0
