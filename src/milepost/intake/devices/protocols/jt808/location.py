"""The position report of JT/T 808 (0x0200), which others contain too."""

from __future__ import annotations

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.protocols.jt808.items import read_items
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import CHINA, bcd_time
from milepost.intake.devices.wire.cursor import Cursor

# Bit of the alarm mark: name. What 2013 reserves and 2019 has given a meaning is in the second.
ALARMS = {
    0: "sos", 1: "overspeed", 2: "fatigue_driving", 3: "danger_warning", 4: "gnss_fault",
    5: "gnss_antenna_cut", 6: "gnss_antenna_short", 7: "low_power", 8: "power_cut",
    9: "display_fault", 10: "voice_fault", 11: "camera_fault", 12: "ic_card_fault",
    13: "overspeed_warning", 14: "fatigue_warning",
    18: "driving_time", 19: "parking_overtime", 20: "geofence", 21: "route", 22: "segment_time",
    23: "off_route", 24: "speed_sensor_fault", 25: "fuel_fault", 26: "stolen",
    27: "illegal_ignition", 28: "illegal_movement", 29: "collision", 30: "rollover",
    31: "illegal_door",
}  # fmt: skip
ALARMS_2019 = ALARMS | {15: "driving_violation", 16: "tyre_pressure", 17: "blind_spot"}
_DOORS = 13, 14, 15, 16, 17


def read_coordinates(report: Report, cursor: Cursor) -> None:
    """Status and coordinates: 12 bytes."""
    status = cursor.u32()
    lat, lon = cursor.u32() / 1e6, cursor.u32() / 1e6
    report.valid = bool(status >> 1 & 1)
    report.lat = -lat if status >> 2 & 1 else lat
    report.lon = -lon if status >> 3 & 1 else lon
    report.attributes |= {
        "status": status,
        "ignition": bool(status & 1),
        "fuel_cut": bool(status >> 10 & 1),
        "power_line_cut": bool(status >> 11 & 1),
    }
    doors = [number for number, bit in enumerate(_DOORS, 1) if status >> bit & 1]
    if doors:
        report.attributes["doors_open"] = ",".join(map(str, doors))
    else:
        report.nothing = ("doors_open",)


def read_motion(report: Report, cursor: Cursor) -> None:
    """Altitude, speed, course and time: 12 bytes."""
    report.altitude_m = cursor.i16()
    report.kmh(cursor.u16() / 10)
    report.course(cursor.u16())
    report.at = bcd_time(cursor, CHINA)


def read_location(cursor: Cursor, version: int | None = None) -> Report:
    """A whole position report with its additional items. `version`: of the header, from 2019 on."""
    report = Report()
    report.alarm_bits(cursor.u32(), ALARMS if version is None else ALARMS_2019)
    read_coordinates(report, cursor)
    read_motion(report, cursor)
    if report.at is None:  # a terminal without a fix since it was started sends zeros
        report.lat = report.lon = None
    if cursor.left == 20:
        _padlock_tail(report, cursor)
    else:
        read_items(report, cursor)
    return report


def _padlock_tail(report: Report, cursor: Cursor) -> None:
    """Padlocks end with twenty bytes without item numbers."""
    cursor.skip(4)
    report.attributes["odometer_m"] = cursor.u32() * 1000
    report.battery_mv = cursor.u16() * 100
    cursor.skip(4)
    report.attributes["rssi"] = cursor.u8()


def read_batch(
    cursor: Cursor, length_bytes: int, version: int | None = None
) -> tuple[list[Report], str | None]:
    """Position reports one after the other, each with its length; the second: what was not read.

    A report that cannot be read costs only itself, for the whole message is acknowledged.
    """
    found: list[Report] = []
    faults: list[str] = []
    while cursor.left > length_bytes:
        length = cursor.uint(length_bytes)
        if length > cursor.left:
            faults.append(f"truncated: a position of {length} bytes, {cursor.left} are there")
            break
        inner = cursor.sub(length)
        try:
            found.append(read_location(inner, version))
        except FrameError as fault:
            faults.append(str(fault))
    return found, "; ".join(dict.fromkeys(faults)) or None
