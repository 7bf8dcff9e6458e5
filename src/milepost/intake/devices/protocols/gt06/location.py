"""Positions of GT06."""

from __future__ import annotations

from datetime import tzinfo

from milepost.intake.devices.protocols.gt06.variants import Layout
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import byte_time
from milepost.intake.devices.wire.cursor import Cursor

# 30,000 units a minute of arc.
_UNITS = 1_800_000
FIX_BYTES = 18  # of a time with coordinates, speed and course
_STATES = {
    1: "vibration", 2: "power_cut", 3: "low_battery", 4: "sos", 6: "geofence", 7: "tampering",
}  # fmt: skip
ALARMS = {
    0x01: "sos", 0x02: "power_cut", 0x03: "vibration", 0x04: "geofence_enter",
    0x05: "geofence_exit", 0x06: "overspeed", 0x09: "vibration", 0x0C: "tampering",
    0x0E: "low_battery", 0x0F: "low_battery", 0x11: "power_off", 0x13: "tampering",
    0x14: "door", 0x18: "tampering", 0x19: "low_battery", 0x1A: "braking", 0x1B: "cornering",
    0x23: "fall", 0x25: "tampering", 0x26: "acceleration", 0x27: "braking", 0x28: "braking",
    0x29: "acceleration", 0x2A: "cornering", 0x2B: "cornering", 0x2C: "collision",
    0x2E: "cornering", 0x30: "jamming", 0x32: "tampering", 0x33: "lock", 0x34: "unlock",
    0x53: "fuel_leak", 0x5B: "temperature", 0x5C: "temperature", 0xC9: "idle",
    0xF0: "acceleration", 0xF1: "braking", 0xF2: "collision", 0x107: "jamming", 0x10B: "jamming",
}  # fmt: skip


# Not alarms: all is well, the ignition was turned on (0xFE) or off (0xFF).
NO_ALARM = (0x00, 0xFE, 0xFF)


def place(report: Report, lat: int, lon: int, flags: int) -> None:
    """Coordinates with the flags that say hemispheres, fix, course and ignition."""
    report.course(flags & 0x3FF)
    report.valid = bool(flags >> 12 & 1)
    report.lat = lat / _UNITS if flags >> 10 & 1 else -lat / _UNITS
    report.lon = -lon / _UNITS if flags >> 11 & 1 else lon / _UNITS
    if flags >> 14 & 1:
        report.attributes["ignition"] = bool(flags >> 15 & 1)


def read_fix(report: Report, cursor: Cursor, zone: tzinfo) -> None:
    """Time, satellites, coordinates, speed, course: `FIX_BYTES`."""
    report.at = byte_time(cursor, zone)
    report.attributes["satellites"] = cursor.u8() & 0xF
    lat, lon = cursor.u32(), cursor.u32()
    report.kmh(cursor.u8())
    place(report, lat, lon, cursor.u16())
    if report.at is None:
        report.lat = report.lon = None


def skip_cell(cursor: Cursor, form: Layout) -> None:
    """Pass over the cell; what it is worth without a map of cells is nothing."""
    if form.cell_length:
        length = cursor.u8()
        if length == 0:
            return
        cursor.skip(min(length - 1, cursor.left))
        return
    long_mnc = form.mnc_bytes == 2 or bool(cursor.peek(1)[:1] >= b"\x80")
    cursor.skip(min(2 + (2 if long_mnc else 1) + form.lac_bytes + form.cell_bytes, cursor.left))


def read_state(report: Report, state: int) -> None:
    """The byte of a terminal's state."""
    report.attributes |= {
        "ignition": bool(state >> 1 & 1), "charging": bool(state >> 2 & 1),
        "fuel_cut": bool(state >> 7 & 1),
    }  # fmt: skip
    report.alarm_code(state >> 3 & 7, _STATES)


def read_battery(report: Report, level: int) -> None:
    """A level from 0 to 6, or in per cent."""
    if level <= 100:
        report.attributes["battery_percent"] = level * 100 // 6 if level <= 6 else level


def read_status(report: Report, cursor: Cursor) -> None:
    """State, battery, signal and alarm: what a heartbeat holds, and follows some positions."""
    read_state(report, cursor.u8())
    if cursor.left:
        read_battery(report, cursor.u8())
    if cursor.left:
        report.attributes["rssi"] = cursor.u8()
    if cursor.left:
        report.alarm_code(cursor.u8(), ALARMS, NO_ALARM)
