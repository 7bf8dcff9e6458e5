"""Eelink (TK115, TK116, GPT, TPT ...): `67 67`, kind, length, serial, content.

Source: Eelink "communication protocol" V1 and V2. Times are seconds since 1970.
"""

from __future__ import annotations

from struct import pack

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import unix
from milepost.intake.devices.wire.cursor import Cursor

_MARK = b"gg"
_LOGIN, _HEARTBEAT = 0x01, 0x03
_OLD = {0x02, 0x04, 0x05, 0x06}
_NEW = {0x12, 0x14, 0x15, 0x16}
_WARNING, _REPORT = 0x14, 0x15
_ALARMS = {
    0x01: "power_cut", 0x02: "sos", 0x03: "low_battery", 0x04: "vibration", 0x05: "movement",
    0x08: "gnss_antenna_cut", 0x09: "movement", 0x25: "tampering", 0x81: "low_speed",
    0x82: "overspeed", 0x83: "geofence_enter", 0x84: "geofence_exit", 0x85: "collision",
    0x86: "fall",
}  # fmt: skip
_UNITS = 1_800_000


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """The length counts what follows it."""
    start = buffer.find(_MARK, at)
    if start < 0 or len(buffer) - start < 5:
        return None
    end = start + 5 + int.from_bytes(buffer[start + 3 : start + 5], "big")
    return (start, end) if end <= len(buffer) else None


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    if not frame.startswith(_MARK) or len(frame) < 7:
        raise FrameError("no frame: 67 67 expected")
    kind, length = frame[2], int.from_bytes(frame[3:5], "big")
    if length != len(frame) - 5:
        raise FrameError(f"truncated: {length} bytes announced, {len(frame) - 5} are there")
    cursor = Cursor(frame, 5)
    serial = cursor.u16()
    outcome = Outcome(kind=f"0x{kind:02x}")
    body = b""
    if kind == _LOGIN:
        outcome.identity = Identity(cursor.hex(8).lstrip("0"), "login")
        body = pack(">IHB", int(session.received.timestamp()), 1, 0)
    elif kind in _NEW:
        outcome.reports.append(_new(cursor, kind))
    elif kind in _OLD:
        outcome.reports.append(_old(cursor, kind))
    elif kind == _HEARTBEAT and cursor.left >= 2:
        outcome.reports.append(Report(attributes={"status": cursor.u16()}))
    outcome.replies.append(_MARK + bytes((kind,)) + pack(">HH", 2 + len(body), serial) + body)
    return outcome


def _old(cursor: Cursor, kind: int) -> Report:
    report = Report(at=unix(cursor.u32()))
    report.lat, report.lon = cursor.int_(4) / _UNITS, cursor.int_(4) / _UNITS
    report.kmh(cursor.u8())
    report.course(cursor.u16())
    cursor.skip(9)  # the cell
    report.valid = bool(cursor.u8() & 1)
    if kind == 0x04 and cursor.left:
        report.alarm_code(cursor.u8(), _ALARMS, ())
    return report


def _new(cursor: Cursor, kind: int) -> Report:
    """A mask says what there is: a place, cells, access points."""
    report = Report(at=unix(cursor.u32()), valid=False)
    mask = cursor.u8()
    if mask & 1:
        report.lat, report.lon = cursor.int_(4) / _UNITS, cursor.int_(4) / _UNITS
        report.altitude_m = cursor.i16()
        report.kmh(cursor.u16())
        report.course(cursor.u16())
        report.attributes["satellites"] = cursor.u8()
    for bit, size in ((1, 11), (2, 7), (3, 7), (4, 7), (5, 7), (6, 7)):
        if mask >> bit & 1:
            cursor.skip(size)
    if kind == _WARNING and cursor.left:
        report.alarm_code(cursor.u8(), _ALARMS, ())
    elif kind == _REPORT and cursor.left:
        report.attributes["event"] = cursor.u8()
    if cursor.left >= 2:
        _status(report, cursor)
    return report


def _status(report: Report, cursor: Cursor) -> None:
    marks = cursor.u16()
    report.valid = bool(marks & 1)
    if marks >> 1 & 1:
        report.attributes["ignition"] = bool(marks >> 2 & 1)
    report.attributes["charging"] = bool(marks >> 7 & 1)
    if cursor.left >= 2:
        report.battery_mv = cursor.u16()
    if cursor.left >= 2:
        report.attributes["rssi"] = cursor.u16()
    if cursor.left >= 4:
        report.attributes |= {"analog_1_mv": cursor.u16(), "analog_2_mv": cursor.u16()}
    if cursor.left >= 4:
        report.attributes["odometer_m"] = cursor.u32()


PROTOCOL = Protocol(name="eelink", title="Eelink", cut=cut, decode=decode, datagrams=True)
