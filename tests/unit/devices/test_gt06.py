"""GT06 in its details: frames that lie about their length, zones, answers, makers' forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from device_frames import AT, LAT, LON, gt06, gt06_fix

from milepost.intake.devices.decoding import decode as decode_frame
from milepost.intake.devices.discovery import protocol
from milepost.intake.devices.protocol import Outcome, Session
from milepost.intake.devices.protocols.gt06.framing import cut, unwrap, wrap
from milepost.intake.devices.wire.framing import frames

GT06 = protocol("gt06")
CELL = bytes.fromhex("01cc0028001234ab")


def session() -> Session:
    return Session(received=datetime(2026, 3, 4, 6, tzinfo=UTC))


def decode(frame: bytes, one: Session | None = None) -> Outcome:
    return decode_frame(GT06, frame, one or session())


def test_a_line_end_within_a_frame_ends_nothing() -> None:
    one = gt06(0x12, gt06_fix() + b"\x01\xcc\x0d\x0a\x78\x78\x0d\x0a")

    for at in range(len(one)):
        assert frames(cut, one[:at])[0] == []
    assert frames(cut, one + one)[0] == [one, one]


def test_access_points_with_a_length_that_counts_them() -> None:
    frame = b"xx\x02\x69" + bytes.fromhex("260304050607") + bytes(14) + b"\x01" + b"\r\n"

    found, _ = frames(cut, frame)
    outcome = decode(found[0])

    assert found == [frame]
    assert outcome.fault is None
    assert outcome.reports[0].at == AT
    assert outcome.replies == [b"xx\x00\x69" + bytes.fromhex("260304050607") + b"\r\n"]


def test_the_zone_of_the_login_is_the_zone_of_the_positions() -> None:
    one = session()
    bits = (800 << 4).to_bytes(2, "big")
    decode(gt06(0x01, bytes.fromhex("0863000000001234") + b"\x00\x01" + bits), one)

    (report,) = decode(gt06(0x12, gt06_fix((26, 3, 4, 13, 6, 7)) + CELL), one).reports

    assert report.at == AT
    assert report.at is not None
    assert report.at.utcoffset() == timedelta(hours=8)


def test_it_is_told_what_time_it_is() -> None:
    (reply,) = decode(gt06(0x8A, b"")).replies

    assert unwrap(reply)[1] == bytes((0x8A, 26, 3, 4, 6, 0, 0))


@pytest.mark.parametrize(
    ("frame", "attributes"),
    [
        (gt06(0x13, bytes.fromhex("4406040102")), {"ignition": False, "charging": True,
                                                   "battery_percent": 100, "rssi": 4,
                                                   "alarm": "sos"}),
        (gt06(0x23, bytes.fromhex("03019a04")), {"ignition": True, "rssi": 4}),
        (wrap(0x94, 1, bytes.fromhex("0004b0"), long=True), {"power_mv": 12_000}),
        (gt06(0x94, bytes.fromhex("04b0")), {"power_mv": 12_000}),
    ],
)  # fmt: skip
def test_status(frame: bytes, attributes: dict[str, object]) -> None:
    (report,) = decode(frame).reports

    assert {name: report.attributes.get(name) for name in attributes} == attributes


def test_a_place_in_the_answer_to_a_command() -> None:
    text = (f"Current position!Lat:N{LAT},Lon:E{LON},Course:90.00,Speed:36.00,"
            "DateTime:2026-03-04 05:06:07").encode()  # fmt: skip

    (report,) = decode(wrap(0x21, 1, bytes(4) + b"\x01" + text, long=True)).reports

    assert (report.at, report.lat, report.lon) == (AT, LAT, LON)


def test_modules() -> None:
    fix = int(AT.timestamp()).to_bytes(4, "big") + b"\x09\x00\x0c" + gt06_fix()[7:]
    body = b"\x00\x33" + len(fix).to_bytes(2, "big") + fix + b"\x00\x18\x00\x02\x01\x9a"

    (report,) = decode(wrap(0x70, 1, body, long=True)).reports

    assert (report.at, report.altitude_m, report.battery_mv) == (AT, 12, 4100)
    assert report.lat == pytest.approx(LAT)


def test_cells_under_a_number_that_others_have_positions_under() -> None:
    clock = bytes((26, 3, 4, 5, 6, 7))
    (cells,) = decode(gt06(0x11, clock + CELL)).reports
    (place,) = decode(gt06(0x11, gt06_fix())).reports

    assert (cells.at, cells.located, cells.attributes) == (AT, False, {"cells_only": True})
    assert (place.lat, place.lon) == (LAT, LON)


def test_a_position_without_serial_and_checksum_is_read_and_never_believed() -> None:
    body = b"\x10" + gt06_fix()
    frame = b"xx" + bytes((len(body) - 1,)) + body + b"\r\n"

    shown = decode(frame, Session(received=AT, strict=False))

    assert (shown.reports[0].lat, shown.reports[0].at) == (LAT, AT)
    assert str(shown.fault).startswith("truncated")
    assert decode(frame).reports == []
