"""`milepost carbon` without a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from milepost.cli import main


def run(*given: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["carbon", *given])
    return done.exit_code, done.output


def test_a_leg_by_sea() -> None:
    code, output = run(
        *["--from", "CNSZX", "--to", "NLRTM", "--mode", "sea", "--weight-g", "1200", "--json"]
    )
    found = json.loads(output)

    assert code == 0
    assert found["legs"][0]["distance_method"] == "sea_lane"
    assert found["low_g"] < found["wtw_g"] < found["high_g"]


def test_coordinates_and_own_factors(tmp_path: Path) -> None:
    own = tmp_path / "own-3.csv"
    own.write_text("mode,vehicle,wtw_g_per_tkm\nroad,any,100\n")
    code, output = run("--from", "52.52,13.4", "--to", "53.55,10.0", "--factors", str(own))

    assert code == 0
    assert "own 3" in output


@pytest.mark.parametrize(
    "given",
    [
        "",
        "--from CNSZX",
        "--from CNSZX --to NOWHERE --mode sea",
        "--from 1,x --to 2,3",
        "--distance-km 5 --vehicle donkey",
    ],
)
def test_what_cannot_be_answered_says_why(given: str) -> None:
    code, output = run(*given.split())
    assert code != 0
    assert "Error" in output
