"""`milepost train` learns from the delivered roads of a store that a server runs on."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from journey.running import NOW, running
from milepost.cli.train import train_command

pytest_plugins = ["pg"]
ROADS = 260


def _road(number: int, draw: Random) -> list[dict[str, Any]]:
    """Synthetic: two places, one twice as far as the other."""
    begun = NOW - timedelta(days=60) + timedelta(hours=4 * number)
    far = number % 2
    gone = begun + timedelta(days=(2 + 2 * far) * draw.uniform(0.8, 1.2))
    place = {"country": "DE", "city": "Hamburg" if far else "Bremen"}
    about = {"number": f"MP{number:09}", "carrier": "swift"}
    return [
        about | {"occurred_at": begun.isoformat(), "code": "picked_up",
                 "place": {"country": "DE", "city": "Kassel"}},
        about | {"occurred_at": gone.isoformat(), "code": "delivered", "place": place},
    ]  # fmt: skip


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> list[str]:
    draw = Random(5)
    with running(store_url, data=tmp_path) as app:
        me = app.caller("shop")
        taken = me.scan(*(scan for number in range(ROADS) for scan in _road(number, draw)))
        assert taken["accepted"] == 2 * ROADS
        app.caller("other").scan(*_road(1, draw))
        app.written()
    return ["--data", str(tmp_path), "--database", store_url, "--json"]


def test_a_model_from_the_running_store(store: list[str]) -> None:
    run = CliRunner().invoke
    made = run(train_command, [*store, "--force"])
    listed = run(train_command, ["--list", *store])

    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert 200 <= told["roads"] <= ROADS
    assert told["used"]
    assert told["command"] == "milepost train delivered roads"
    assert json.loads(listed.stdout)["current"] == "0001"

    few = run(train_command, [*store, "--tenant", "other"])
    assert few.exit_code == 1
    assert "too few" in few.output
    none = run(train_command, [*store, "--tenant", "nobody"])
    assert none.exit_code == 1
    assert "no tenant nobody" in none.output
