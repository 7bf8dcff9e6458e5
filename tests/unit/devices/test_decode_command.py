"""`milepost decode`: one answer a line, in order, whatever the line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from device_frames import POSITIONS, jt808, jt808_location

from milepost.cli.decode import decode_command

LOCATION = jt808(0x0200, jt808_location())


def told(protocol: str, *lines: object) -> list[dict[str, Any]]:
    given = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines)
    result = CliRunner().invoke(decode_command, [protocol, "-", "--json"], input=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_position_with_the_offset_of_its_clock() -> None:
    (answer,) = told("jt808", {"frame": LOCATION.hex(), "encoding": "binary"})

    assert answer["positions"] == [
        {
            "time": "2026-03-04T13:06:07.000+08:00", "lat": 31.25, "lon": 121.5, "valid": True,
            "altitude_m": 12, "course_deg": 90, "speed_kmh": 36.0,
            "attributes": {"status": 3, "ignition": True, "fuel_cut": False,
                           "power_line_cut": False},
        }
    ]  # fmt: skip
    assert (answer["kind"], answer["identity"]) == ("0x0200", "19900001234")


def test_every_line_is_answered_in_order() -> None:
    good = {"frame": LOCATION.hex(), "encoding": "binary"}
    answers = told("jt808", good, "no json", {"frame": "7e02"}, {"frame": "zz", "encoding": "hex"},
                   {"other": 1}, good)  # fmt: skip

    assert [len(one["positions"]) for one in answers] == [1, 0, 0, 0, 0, 1]
    assert ["error" in one for one in answers] == [False, True, True, True, True, False]


@pytest.mark.parametrize("encoding", ["text", "buffer"])
def test_text_frames_need_no_line_end(encoding: str) -> None:
    case = next(one for one in POSITIONS if one.protocol == "suntech")
    frame = case.frame.decode().strip()

    (answer,) = told("suntech", {"frame": frame, "encoding": encoding})

    assert answer["positions"][0]["time"] == "2026-03-04T05:06:07.000+00:00"


def test_a_broken_checksum_is_named_beside_what_was_read() -> None:
    broken = bytearray(LOCATION)
    broken[-2] ^= 0x20

    (answer,) = told("jt808", {"frame": broken.hex(), "encoding": "binary"})

    assert answer["error"] == "broken checksum"
    assert len(answer["positions"]) == 1


def test_a_frame_whose_escapes_are_undone_already() -> None:
    body = jt808_location(items=b"\x01\x04\x00\x00\x7d\x02")
    frame = jt808(0x0200, body)
    plain = frame.replace(b"\x7d\x01\x02", b"\x7d\x02")
    assert plain != frame

    (answer,) = told("jt808", {"frame": plain.hex(), "encoding": "binary"})

    assert answer["positions"][0]["attributes"]["odometer_m"] == 0x7D02 * 100
    assert "error" not in answer


def test_several_frames_on_one_line() -> None:
    (answer,) = told("jt808", {"frame": (LOCATION * 2).hex(), "encoding": "binary"})

    assert len(answer["positions"]) == 2


def test_an_unknown_protocol_lists_the_known() -> None:
    result = CliRunner().invoke(decode_command, ["morse", "-", "--json"], input="")

    assert result.exit_code == 1
    assert "known are: " in result.output


def test_a_table_for_people() -> None:
    result = CliRunner().invoke(decode_command, ["jt808", LOCATION.hex(), "00"])

    assert result.exit_code == 0
    assert "31.25000" in result.output
    assert "error:" in result.output
