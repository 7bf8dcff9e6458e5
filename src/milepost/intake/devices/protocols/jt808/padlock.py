"""Electronic padlocks on JT/T 808 frames: 0x5501 and, without a fix, 0x5502."""

from __future__ import annotations

from datetime import UTC

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import moment
from milepost.intake.devices.wire.cursor import Cursor

_CHARGING = {0xAA, 0xAB}
_ALARMS = {
    0: "overspeed", 1: "low_power", 2: "vibration", 3: "low_battery",
    5: "geofence_enter", 6: "geofence_exit",
}  # fmt: skip


def _degrees(digits: str) -> float:
    if not digits.isdecimal():
        raise FrameError(f"no coordinate: {digits}")
    value = int(digits)
    return value // 1_000_000 + value % 1_000_000 / 600_000


def read_coordinates(report: Report, cursor: Cursor) -> None:
    """Time (UTC, day first), eight and nine decimal digits of coordinates, flags, speed, course."""
    digits = cursor.hex(6)
    if not digits.isdecimal():
        raise FrameError(f"no time: {digits}")
    day, month, year, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    report.at = moment(year, month, day, hour, minute, second, UTC)
    places = cursor.hex(9)
    lat, lon, flags = _degrees(places[:8]), _degrees(places[8:17]), int(places[17], 16)
    report.valid = bool(flags & 1)
    report.lat = lat if flags >> 1 & 1 else -lat
    report.lon = lon if flags >> 2 & 1 else -lon
    report.knots(cursor.bcd(1))
    report.course(cursor.u8() * 2)


def read_padlock(cursor: Cursor, *, blind: bool) -> Report:
    """A padlock's report; a blind one tells the last position that it knew."""
    report = Report()
    read_coordinates(report, cursor)
    report.valid = not blind
    report.attributes |= {
        "rssi": cursor.u8(), "satellites": cursor.u8(), "odometer_m": cursor.u32() * 1000,
    }  # fmt: skip
    battery = cursor.u8()
    if battery in _CHARGING:
        report.attributes["charging"] = True
    elif battery <= 100:
        report.attributes["battery_percent"] = battery
    cursor.skip(6)  # the cell
    product, status, alarms = cursor.u8(), cursor.u16(), cursor.u16()
    report.attributes["status"] = status
    if product == 3:
        for bit, name in _ALARMS.items():
            report.alarm(name if alarms >> bit & 1 else None)
    elif product in {1, 2}:
        report.alarm("low_power" if alarms & 1 else None)
    _items(report, cursor)
    return report


def _items(report: Report, cursor: Cursor) -> None:
    while cursor.left >= 2:
        number, length = cursor.u8(), cursor.u8()
        value = cursor.sub(min(length, cursor.left))
        if number == 0x02 and value.left == 2:
            report.altitude_m = value.i16()
        elif number == 0x0B and value.left:
            size = value.left
            report.attributes["lock_command"] = value.u8()
            if 5 <= size <= 6:
                report.attributes["lock_card"] = value.u32()
            elif size >= 7:
                report.attributes["lock_password"] = value.text(6)
            if size % 2 == 0:
                report.attributes["unlock_result"] = value.u8()
        elif number == 0x0C and value.left == 6:
            axes = [value.i16() for _ in range(3)]
            report.attributes["tilt"] = ",".join(map(str, axes))
        elif number == 0xFC and value.left:
            report.attributes["geofence"] = value.u8()
