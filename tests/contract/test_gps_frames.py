"""Real frames of real terminals: every position that is expected is read, nothing raises.

The frames are as a decoder's tests hold them: some were made anonymous, which broke their
checksums. Those are read all the same, and the broken checksum is named beside what they say.
"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

from milepost.cli.decode import decode_command
from milepost.intake.devices.discovery import protocols
from shared import shared

# A frame that names cells only: there is no position in it, whatever the data say.
CELLS_ONLY = {"(358511020000026,DW5B,"}
POSITION = {"verifyPosition", "verifyPositions"}
PROTOCOLS = ["gps103", "gt06", "h02", "jt808", "meitrack", "suntech", "teltonika", "tk103", "watch"]


@cache
def cases() -> list[dict[str, Any]]:
    with gzip.open(shared("data/gps_frames.json.gz")) as file:
        found: list[dict[str, Any]] = json.load(file)["cases"]
    return found


@cache
def answers(protocol: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(case, what the command answers) of one protocol, in order."""
    some = [case for case in cases() if case["protocol"] == protocol]
    lines = "".join(
        json.dumps({"frame": one["frame"], "encoding": one["encoding"]}) + "\n" for one in some
    )
    result = CliRunner().invoke(decode_command, [protocol, "-", "--json"], input=lines)
    assert result.exit_code == 0, result.output
    told = [json.loads(line) for line in result.output.splitlines()]
    assert len(told) == len(some)
    return list(zip(some, told, strict=True))


def test_all_protocols_of_the_data_are_known() -> None:
    assert {case["protocol"] for case in cases()} <= set(protocols())


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_frames_with_a_position_give_one(protocol: str) -> None:
    silent = []
    told_all = answers(protocol)
    now = datetime.now(UTC) + timedelta(seconds=1)
    for case, told in told_all:
        if case["check"] not in POSITION or any(case["frame"].startswith(x) for x in CELLS_ONLY):
            continue
        for position in told["positions"]:
            assert datetime(2000, 1, 1, tzinfo=UTC) < datetime.fromisoformat(position["time"]) < now
            assert -90 <= position["lat"] <= 90
            assert -180 <= position["lon"] <= 180
        if not told["positions"]:
            silent.append((case["frame"][:80], told))

    assert silent == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_expected_positions_are_exact(protocol: str) -> None:
    for case, told in answers(protocol):
        expected = case["expect_position"]
        if not expected:
            continue
        found = told["positions"][0]
        at = datetime.fromisoformat(found["time"]).astimezone(UTC)
        assert at.strftime("%Y-%m-%d %H:%M:%S.000") == expected["time"]
        assert (found["lat"], found["lon"]) == (
            pytest.approx(expected["lat"], abs=1e-5),
            pytest.approx(expected["lon"], abs=1e-5),
        )
        assert found["valid"] == expected["valid"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_frames_with_something_to_tell_tell_it(protocol: str) -> None:
    """All but a few: a frame is not an error unless it is broken itself."""
    wrong = [
        (case["frame"][:60], told["error"])
        for case, told in answers(protocol)
        if "error" in told and not told["error"].startswith(("broken checksum", "truncated"))
    ]

    assert wrong == []


def test_the_time_of_jt808_keeps_its_offset() -> None:
    times = [one["time"] for _, told in answers("jt808") for one in told["positions"]]

    assert times
    assert sum(time.endswith("+08:00") for time in times) > 0.9 * len(times)
