"""GT06's modular message (0x70): numbered modules."""

from __future__ import annotations

from collections.abc import Callable

from milepost.intake.devices.protocols.gt06.location import place
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import unix
from milepost.intake.devices.wire.cursor import Cursor

_ALARMS = {
    0x10: "door", 0x12: "tampering", 0x14: "geofence_enter", 0x15: "geofence_exit",
    0x16: "temperature", 0x1A: "low_battery", 0x1B: "overspeed", 0x1C: "power_on",
    0x1D: "power_off", 0x20: "vibration", 0x21: "power_cut", 0x23: "tampering",
}  # fmt: skip


def read_modules(cursor: Cursor) -> Report:
    """All modules as one report."""
    report = Report()
    while cursor.left >= 4:
        kind, value = cursor.u16(), cursor.sub(min(cursor.u16(), cursor.left))
        if value.left:
            _module(report, kind, value)
    return report


def _module(report: Report, kind: int, value: Cursor) -> None:
    if kind in _NUMBERS:
        name, size = _NUMBERS[kind]
        if value.left >= size:
            report.attributes[name] = value.uint(size)
    elif kind in _READERS:
        least, reader = _READERS[kind]
        if value.left >= least:
            reader(report, value)


def _card(report: Report, value: Cursor) -> None:
    report.attributes["iccid"] = value.hex(10)


def _battery(report: Report, value: Cursor) -> None:
    report.battery_mv = value.u16() * 10


def _dilution(report: Report, value: Cursor) -> None:
    report.attributes["hdop"] = value.u8() / 10


def _inputs(report: Report, value: Cursor) -> None:
    marks = value.u8()
    report.attributes |= {"door_open": bool(marks & 15), "tampered": bool(marks >> 4)}


def _odometer(report: Report, value: Cursor) -> None:
    report.attributes["odometer_m"] = value.uint_le(4)


def _time(report: Report, value: Cursor) -> None:
    seconds = value.u32()
    if seconds and report.at is None:
        report.at = unix(seconds)


def _event(report: Report, value: Cursor) -> None:
    event = value.u8()
    report.attributes["event"] = event
    report.alarm(_ALARMS.get(event))


def _tag(report: Report, value: Cursor) -> None:
    report.attributes |= {"tag_1": value.hex(6), "tag_1_battery_mv": value.u16()}
    report.attributes["tag_1_battery_percent"] = value.u8()
    report.celsius(value.i16() / 10)
    report.humidity_pm = value.i16() * 10


def _fix(report: Report, value: Cursor) -> None:
    seconds = value.u32()
    if not seconds:
        return
    report.at = unix(seconds)
    report.attributes["satellites"] = value.u8()
    report.altitude_m = value.i16()
    lat, lon = value.u32(), value.u32()
    report.kmh(value.u8())
    place(report, lat, lon, value.u16())


_NUMBERS = {0x09: ("satellites", 1), 0x0A: ("satellites_in_sight", 1), 0x29: ("index", 4)}
# Number: the bytes that it has at least, and what reads it.
_READERS: dict[int, tuple[int, Callable[[Report, Cursor], None]]] = {
    0x03: (10, _card), 0x18: (2, _battery), 0x28: (1, _dilution), 0x2A: (1, _inputs),
    0x2C: (4, _time), 0x2E: (4, _odometer), 0x33: (18, _fix), 0x34: (1, _event), 0x7F: (13, _tag),
}  # fmt: skip
