"""Transparent data of JT/T 808 (0x0900): what is behind a serial line, and makers' own."""

from __future__ import annotations

from milepost.intake.devices.protocols.jt808.location import read_coordinates, read_motion
from milepost.intake.devices.protocols.jt808.vendor.extended import number
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import CHINA, bcd_time
from milepost.intake.devices.wire.cursor import Cursor

_VEHICLE: dict[int, tuple[str, int, float, float]] = {
    0x0102: ("odometer_m", 4, 100, 0), 0x0528: ("odometer_m", 4, 100, 0),
    0x0546: ("odometer_m", 4, 100, 0), 0x0103: ("fuel_ml", 4, 10, 0),
    0x052A: ("fuel_ml", 2, 10, 0), 0x0105: ("fuel_used_ml", 4, 10, 0),
    0x052C: ("fuel_used_ml", 4, 10, 0), 0x052B: ("fuel_percent", 1, 1, 0),
    0x052D: ("coolant_temperature_mc", 1, 1000, -40_000),
    0x052E: ("air_temperature_mc", 1, 1000, -40_000), 0x0530: ("power_mv", 2, 1, 0),
    0x0535: ("vehicle_speed_mm_s", 2, 1000 / 36, 0), 0x0536: ("engine_rpm", 2, 1, 0),
    0x0547: ("throttle_percent", 1, 1, 0), 0x0548: ("throttle_percent", 1, 1, 0),
}  # fmt: skip
_EVENTS = {
    0x01: "power_restored", 0x02: "power_cut", 0x0E: "idle", 0x1A: "acceleration",
    0x1B: "braking", 0x1C: "cornering", 0x1D: "lane_change", 0x1E: "lane_change",
    0x1F: "lane_change", 0x23: "fatigue_driving", 0x25: "overspeed", 0x26: "collision",
    0x27: "collision", 0x28: "collision", 0x31: "door", 0x32: "door",
}  # fmt: skip


def read_transparent(cursor: Cursor) -> list[Report]:
    """What transparent data say; an empty list where their kind is unknown."""
    kind = cursor.u8()
    if kind == 0xF0:
        return [_vehicle(cursor)]
    if kind == 0xFF:
        return [_plain(cursor)]
    if kind in {0x53, 0x54}:
        return [_tags(cursor, kind)]
    text = cursor.rest().decode("ascii", "replace").strip("\0\r\n ")
    report = Report(attributes={"data": text})
    if text.startswith("GTSL") and text.count("|") >= 4:
        report.attributes["driver"] = text.split("|")[4]
    return [report]


def _plain(cursor: Cursor) -> Report:
    """0xFF: time first, signed coordinates."""
    report = Report(at=bcd_time(cursor, CHINA))
    report.lat, report.lon = cursor.int_(4) / 1e6, cursor.int_(4) / 1e6
    report.altitude_m = cursor.i16()
    report.kmh(cursor.u16() / 10)
    report.course(cursor.u16())
    return report


def _tags(cursor: Cursor, kind: int) -> Report:
    """0x53: wireless tags in sight; 0x54: samples of sensors."""
    report = Report()
    read_coordinates(report, cursor)
    read_motion(report, cursor)
    if kind == 0x53:
        cursor.skip(1)
        while cursor.left >= 9:
            tag = f"tag_{cursor.u8() + 1}"
            report.attributes |= {f"{tag}_mac": cursor.hex(6), f"{tag}_rssi": cursor.int_(1)}
            report.attributes[f"{tag}_data"] = cursor.hex(cursor.u8())
    return report


def _vehicle(cursor: Cursor) -> Report:
    """0xF0: time, whether it was kept back, vehicle kind, then one of several records."""
    report = Report(at=bcd_time(cursor, CHINA))
    report.attributes["buffered"] = cursor.u8() > 0
    cursor.skip(1)
    kind = cursor.u8()
    if kind == 0x01:
        _readings(report, cursor)
    elif kind == 0x02:
        _troubles(report, cursor)
    elif kind == 0x03:
        for _ in range(cursor.u8()):
            event = cursor.u8()
            report.attributes["driving_event"] = event
            report.alarm(_EVENTS.get(event))
            cursor.skip(cursor.u8())
    elif kind == 0x0B:
        if cursor.u8():
            report.attributes["vin"] = cursor.text(17)
        return report
    else:
        report.attributes["record"] = kind
        return report
    if cursor.left >= 12:
        read_coordinates(report, cursor)
    return report


def _readings(report: Report, cursor: Cursor) -> None:
    for _ in range(cursor.u8()):
        item, value = cursor.u16(), cursor.sub(cursor.u8())
        if item in _VEHICLE:
            number(report, _VEHICLE[item], value)
        elif item == 0xFEEC:
            report.attributes["vin"] = value.text(value.left)


def _troubles(report: Report, cursor: Cursor) -> None:
    codes: list[str] = []
    for _ in range(cursor.u16()):
        cursor.skip(4)
        for _ in range(cursor.u16()):
            cursor.skip(8)
            codes.append(cursor.text(cursor.u16()))
    report.attributes["trouble_codes"] = " ".join(codes)
