"""Alarms that a protocol's table does not name are kept by their own number or words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from milepost.intake.devices.decoding import decode
from milepost.intake.devices.discovery import protocol
from milepost.intake.devices.protocol import Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.checksums import sum8

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)


def report_of(name: str, frame: bytes) -> Report:
    outcome = decode(protocol(name), frame, Session(received=NOW))

    assert outcome.fault is None
    (report,) = outcome.reports
    return report


def suntech(kind: str, code: str) -> Report:
    text = (
        f"ST300{kind};100001234;01;010;20260304;05:06:07;2F100;+31.250000;+121.500000;"
        f"036.000;090.00;9;1;1200;12.40;100000;{code};000042;4.1;1"
    )
    return report_of("suntech", text.encode() + b"\r")


@pytest.mark.parametrize(
    ("kind", "code", "alarms", "tells"),
    [
        ("ALT", "41", ("power_cut",), True),
        ("ALT", "99", ("99",), True),
        ("ALT", "34", (), True),
        ("EMG", "9", ("9",), True),
        ("EMG", "", ("unknown",), True),
        ("EVT", "1", (), False),
    ],
)
def test_suntech(kind: str, code: str, alarms: tuple[str, ...], tells: bool) -> None:
    report = suntech(kind, code)

    assert (report.alarms, report.tells_alarms) == (alarms, tells)


def test_the_universal_form_of_suntech_in_text_and_in_binary() -> None:
    text = (
        b"ALT;1000012345;3FFFFF;26;010;1;20260304;05:06:07;0000004F;450;0;0014;20;"
        b"+31.250000;+121.500000;36.00;90.00;9;1;00000001;00000000;99;;\r"
    )
    mask = 1 << 4 | 1 << 5 | 1 << 11 | 1 << 12 | 1 << 19
    fields = bytes((26, 3, 4, 5, 6, 7)) + (31_250_000).to_bytes(4) + (121_500_000).to_bytes(4)
    content = bytes.fromhex("1000012345") + mask.to_bytes(3) + fields + b"\x63"
    binary = b"\x82" + len(content).to_bytes(2) + content

    assert report_of("suntech", text).alarms == ("99",)
    assert report_of("suntech", binary).alarms == ("99",)


def test_packed_reports_of_suntech_bring_their_alert_and_a_southern_western_place() -> None:
    """0x13: the layout of a status, then the alert, engine time, battery and kept back or not."""
    head = b"\x13" + bytes.fromhex("1234567890") + b"\x01\x00\x10"
    fix = bytes((26, 3, 4, 5, 6, 7)) + b"\x2f\x10\x00" + b"\x17\x55\x05\x20" + b"\x2e\x63\x33\x09"
    motion = (36).to_bytes(2) + b"\x50" + (270).to_bytes(2) + b"\x25" + bytes((0xE0 | 9,))
    rest = (1200).to_bytes(4) + b"\x0c\x40" + b"\x01" + b"\x0f" + (42).to_bytes(4) + b"\x04\x10\x00"
    content = head + fix + motion + rest
    report = report_of("suntech", b"\x02" + len(content).to_bytes(2) + content + b"\x03")

    assert report.at == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert (report.lat, report.lon) == (-23.550520, -46.633309)
    assert (report.speed_mm_s, report.course_deg) == (10_139, 270)
    assert (report.alarms, report.battery_mv) == (("vibration",), 4_100)
    assert report.attributes["buffered"] is True
    assert report.attributes["power_mv"] == 12_400


@pytest.mark.parametrize(
    ("code", "alarms"), [("1", ("sos",)), ("35", ()), ("142", ("142",)), ("24", ("gnss_fault",))]
)
def test_meitrack_text(code: str, alarms: tuple[str, ...]) -> None:
    content = (
        f",353358017784062,AAA,{code},31.250000,121.500000,260304050607,A,9,12,36,90,0.8,15,1200,"
        "4200,460|0|10133|4110,0000,0001|0000|0000|019E|04C1,00000001,,3,,*"
    ).encode()
    head = f"$$A{len(content) + 4}".encode()
    frame = head + content + f"{sum8(head + content):02X}\r\n".encode()
    report = report_of("meitrack", frame)

    assert (report.alarms, report.tells_alarms) == (alarms, True)
    assert report.attributes["event"] == int(code)


def test_meitrack_binary() -> None:
    place = (31_250_000).to_bytes(4, "little", signed=True) + (121_500_000).to_bytes(4, "little")
    seconds = int(datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC).timestamp()) - 946_684_800
    record = b"\x8e" + place + seconds.to_bytes(4, "little") + b"\x01" + bytes(34)
    body = bytes(8) + record + bytes(52 - len(record))
    content = b",353358017784062,CCC," + body + b"*"
    head = f"$$A{len(content) + 4}".encode()
    frame = head + content + f"{sum8(head + content):02X}\r\n".encode()

    assert report_of("meitrack", frame).alarms == ("142",)


@pytest.mark.parametrize(
    ("keyword", "alarms"),
    [
        ("help me", ("sos",)),
        ("cooling alarm", ("cooling alarm",)),
        ("ACC alarm", ("illegal_ignition",)),
        ("tracker", ()),
        ("door open", ()),
    ],
)
def test_gps103(keyword: str, alarms: tuple[str, ...]) -> None:
    text = (
        f"imei:353451044508750,{keyword},2603041306,,F,050607.000,A,3115.0000,N,12130.0000,E,"
        "19.44,90,,1,0;"
    )

    assert report_of("gps103", text.encode()).alarms == alarms
