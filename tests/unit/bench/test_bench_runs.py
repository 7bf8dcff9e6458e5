"""Small runs of the real thing: servers start, figures come out, nothing stays behind."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from milepost.bench.combinations import CHOICES
from milepost.cli import main

pytestmark = pytest.mark.server


def _figures(folder: Path, *arguments: str) -> dict[str, float]:
    command = ["bench", *arguments, "--folder", str(folder), "--json"]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    assert list(folder.iterdir()) == []
    return figures


def test_ingest(tmp_path: Path) -> None:
    got = _figures(tmp_path, "ingest", "--seconds", "0.5", "--rounds", "1")

    assert got["events_per_s"] > 500
    assert got["floor_events_per_s"] > 500
    assert got["cpu_us_per_event"] > got["floor_cpu_us_per_event"] * 0.5
    assert got["written_bytes_per_event"] > got["payload_bytes_per_event"] / 2
    assert got["scaling"] is None


def test_combinations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: {"": {}, "YT": {"text": "YT"}} for name in ("trouble", "place", "text")}
    monkeypatch.setattr("milepost.bench.combinations.CHOICES", CHOICES | few)

    got = _figures(tmp_path, "list", "--combinations", "--few", "20", "--many", "60",
                   "--rounds", "1")  # fmt: skip

    assert got["synthetic"] is True
    assert got["combinations"] == 4 * 3 * 2 * 2 * 4 * 2
    assert 0 < got["median_ratio"] <= got["ratio"]
    assert got["over_share"] == round(got["over"] / got["combinations"], 3)


def test_live(tmp_path: Path) -> None:
    got = _figures(tmp_path, "live", "--listeners", "40", "--changes", "1")

    assert got["listeners"] == 40
    assert got["lost"] == 0
    assert 0 < got["p50_ms"] <= got["p99_ms"]
