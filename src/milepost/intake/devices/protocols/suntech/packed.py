"""The packed form, 0x02: numbers as decimal digits, two a byte."""

from __future__ import annotations

from milepost.intake.devices.protocol import Identity, Outcome
from milepost.intake.devices.protocols.suntech.alerts import alert, emergency
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import moment
from milepost.intake.devices.wire.cursor import Cursor

_KINDS = {0x10: "zip", 0x11: "zip EMG", 0x12: "zip EVT", 0x13: "zip ALT"}
_STATUS, _EMERGENCY, _ALERT = 0x10, 0x11, 0x13


def read_zip(cursor: Cursor) -> Outcome:
    """Status, emergency, event and alert reports; other kinds have no position that is read."""
    cursor.skip(3)
    kind = cursor.u8()
    if kind not in _KINDS:
        return Outcome(kind=f"zip 0x{kind:02x}")
    outcome = Outcome(kind=_KINDS[kind], identity=Identity(cursor.hex(5)[:9]))
    cursor.skip(3)  # model and version
    report = _fix(cursor)
    report.attributes["odometer_m"] = cursor.u32()
    report.attributes["power_mv"] = _volts(cursor)
    report.attributes["ignition"] = bool(cursor.u8() & 1)
    if kind != _STATUS and cursor.left:
        _event(report, kind, cursor)
    outcome.reports.append(report)
    return outcome


def _fix(cursor: Cursor) -> Report:
    report = Report(at=moment(*cursor.take(6)))
    cursor.skip(3)  # the cell
    lat, lon = cursor.u8() + cursor.bcd(3) / 1e6, cursor.u8() + cursor.bcd(3) / 1e6
    report.kmh(cursor.u16() + cursor.bcd(1) / 100)
    report.course(cursor.u16() + cursor.bcd(1) / 100)
    flags = cursor.u8()
    report.valid = bool(flags >> 7 & 1)
    report.attributes["satellites"] = flags & 0x1F
    report.lat = -lat if flags >> 6 & 1 else lat
    report.lon = -lon if flags >> 5 & 1 else lon
    return report


def _event(report: Report, kind: int, cursor: Cursor) -> None:
    """What happened; minutes of engine time, battery volts and whether it was kept back follow."""
    code = cursor.u8()
    if kind == _EMERGENCY:
        emergency(report, code)
    elif kind == _ALERT:
        alert(report, code)
    else:
        report.attributes["event"] = code
    if cursor.left >= 7:
        report.attributes["engine_s"] = cursor.u32() * 60
        report.battery_mv = _volts(cursor)
        report.attributes["buffered"] = cursor.u8() == 0


def _volts(cursor: Cursor) -> int:
    return cursor.u8() * 1000 + cursor.bcd(1) * 10
