"""Messages that bring positions and what is measured, one or many."""

from __future__ import annotations

from milepost.intake.devices.protocol import Outcome, Session
from milepost.intake.devices.protocols.jt808 import header as heads
from milepost.intake.devices.protocols.jt808.header import Header, general
from milepost.intake.devices.protocols.jt808.location import read_batch, read_location
from milepost.intake.devices.protocols.jt808.padlock import read_padlock
from milepost.intake.devices.protocols.jt808.transparent import read_transparent
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import CHINA, bcd_time
from milepost.intake.devices.wire.cursor import Cursor


def position(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    outcome.reports.append(read_location(body, header.version))


def answered_position(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0201, 0x0500: answers to a question or command; the serial of that comes first."""
    body.skip(2)
    outcome.reports.append(read_location(body, header.version))


def batch(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0704: positions that were kept back, or several of now."""
    count, kind = body.u16(), body.u8()
    reports, fault = read_batch(body, 2, header.version)
    for report in reports:
        report.attributes["buffered"] = kind == 1
    outcome.reports = reports
    if fault is None and len(reports) < count:
        fault = f"truncated: {count} positions announced, {len(reports)} are there"
    outcome.fault = outcome.fault or fault


def short_batch(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0210 of makers: a battery level, or positions with lengths of one byte."""
    if body.left == 7:
        level = body.u8()
        report = Report(at=bcd_time(body, CHINA), attributes={"battery_percent": level})
        outcome.reports.append(report)
        return
    outcome.reports, fault = read_batch(body, 1, header.version)
    outcome.fault = outcome.fault or fault


def padlock(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    blind = header.message == heads.PADLOCK_BLIND
    outcome.reports.append(read_padlock(body, blind=blind))
    if header.properties >> 15 & 1:
        outcome.replies.append(general(header))


def transparent(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    outcome.reports = read_transparent(body)


def acceleration(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x2070 of makers: a run of accelerations in three axes, each with its time."""
    while body.left >= 12:
        at = bcd_time(body, CHINA)
        axes = [(raw & 0x7FFF) * (-1 if raw & 0x8000 else 1) for raw in (body.u16() for _ in "xyz")]
        report = Report(at=at)
        for axis, value in zip("xyz", axes, strict=True):
            report.attributes[f"acceleration_{axis}_mg"] = value
        outcome.reports.append(report)


def driver(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0702: a driver's IC card was put in or taken out."""
    if body.peek() not in (b"\x01", b"\x02"):
        return  # 2011 begins with the length of a name and tells no time: nothing of it is kept
    status, at = body.u8(), bcd_time(body, CHINA)
    report = Report(at=at, attributes={"driver_card": "in" if status == 1 else "out"})
    outcome.reports.append(report)
    if body.left and body.u8() == 0:
        report.attributes["driver_name"] = body.text(body.u8(), "gbk")
        report.attributes["driver"] = body.text(20)
        report.attributes["driver_agency"] = body.text(body.u8(), "gbk")
        report.attributes["driver_card_until"] = body.hex(4)
