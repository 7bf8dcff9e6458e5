"""Makers' items with one value each, and those that several makers use in different ways."""

from __future__ import annotations

from collections.abc import Callable

from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.cursor import Cursor

Reader = Callable[[Report, Cursor], None]


def signed15(raw: int, coldest: int) -> int:
    """Sign and magnitude in 16 bits; two's complement, as many terminals have it, where the other
    would be below absolute zero (`coldest`).
    """
    if not raw & 0x8000:
        return raw
    magnitude = raw & 0x7FFF
    return -magnitude if magnitude <= coldest else raw - 0x10000


def _lock_status(report: Report, value: Cursor) -> None:
    """0x33: a mode, or a padlock's sentence `*M00,45,11386...`."""
    if value.left == 1:
        report.attributes["mode"] = value.u8()
        return
    text = value.text(value.left)
    at = text.find("*M00")
    if at >= 0:
        report.attributes["lock_status"] = text[at:]
        report.battery_mv = int(text[at + 10 : at + 13]) * 10


def _lock_event(report: Report, value: Cursor) -> None:
    report.attributes["lock_command"] = value.u8()
    size = value.left + 1
    if 5 <= size <= 6:
        report.attributes["lock_card"] = value.u32()
    elif size >= 7:
        report.attributes["lock_password"] = value.text(6)
    if size % 2 == 0:
        report.attributes["unlock_result"] = value.u8()


def _temperatures(report: Report, value: Cursor) -> None:
    """0x51: sensors of 16 bits with a sign bit in tenths of a degree; 0xFFFF is none."""
    for sensor in range(1, value.left // 2 + 1):
        raw = value.u16()
        if raw != 0xFFFF:
            report.celsius(signed15(raw, 2731) / 10, sensor)


def _battery_tenths(report: Report, value: Cursor) -> None:
    report.attributes["battery_percent"] = value.u8() * 10


def _driving(report: Report, value: Cursor) -> None:
    marks = value.u16()
    for bit, name in ((8, "acceleration"), (9, "braking"), (10, "cornering")):
        report.alarm(name if marks >> bit & 1 else None)
    if value.left >= 6:
        value.skip(2)
        report.alarm("door" if value.u32() >> 16 & 1 else None)


def _lock_user(report: Report, value: Cursor) -> None:
    event = value.u16()
    report.attributes["event"] = event
    if 0x61 <= event <= 0x66:
        value.skip(6)
        report.attributes["driver"] = value.text(8)


def _assistance(name: str) -> Reader:
    def read(report: Report, value: Cursor) -> None:
        value.skip(5)
        report.attributes[name] = value.u8()
        if value.end - (value.at - 6) >= 47:
            report.attributes["alarm_label"] = value.data[value.end - 16 : value.end].hex()

    return read


_MANOEUVRES = {1: "acceleration", 2: "braking", 3: "cornering", 0x16: "collision"}


def _manoeuvre(report: Report, value: Cursor) -> None:
    value.skip(5)
    report.alarm_code(value.u8(), _MANOEUVRES)


def _diagnosis(report: Report, value: Cursor) -> None:
    """0x91: one block of a diagnosis adapter."""
    report.battery_mv = value.u16() * 100
    report.attributes |= {
        "engine_rpm": value.u16(),
        "vehicle_speed_mm_s": round(value.u8() / 3.6 * 1000),
        "throttle_percent": value.u8() * 100 // 255,
        "engine_load_percent": value.u8() * 100 // 255,
        "coolant_temperature_mc": (value.u8() - 40) * 1000,
    }


def _level_or_driver(report: Report, value: Cursor) -> None:
    """0xD4, 0xE1, 0xE9: a battery level, cells, a voltage or a driver's card."""
    if value.left == 1:
        level = value.u8()
        report.attributes |= {"charging": True} if level == 0xFF else {"battery_percent": level}
    elif value.left == 2:
        report.attributes["power_mv"] = value.u16() * 100
    elif value.left == 4:
        report.attributes["driver"] = str(value.u32())


def _battery_pair(report: Report, value: Cursor) -> None:
    """0xE3: reserved, level, hundredths of a volt."""
    value.skip(1)
    report.attributes["battery_percent"] = value.u8()
    report.battery_mv = value.u16() * 10


def _charging(report: Report, value: Cursor) -> None:
    if value.u8() == 0:
        report.attributes["charging"] = True
    report.attributes["battery_percent"] = value.u8()


def _moving(report: Report, value: Cursor) -> None:
    if value.left == 1:
        report.attributes["moving"] = value.u8() == 1


def _string_lock(report: Report, value: Cursor) -> None:
    value.skip(2)
    marks = value.u8()
    report.attributes |= {"moving": bool(marks >> 2 & 1), "cover_open": bool(marks >> 3 & 1)}


def _shocks(report: Report, value: Cursor) -> None:
    if value.left == 8:
        marks = value.u16()
        report.alarm("vibration" if marks & 1 else None)
        report.alarm("sos" if marks >> 1 & 7 else None)


def _light(report: Report, value: Cursor) -> None:
    if value.left == 2:
        report.light_lux = value.u16()


def _humidity_or_battery(report: Report, value: Cursor) -> None:
    """0xF7: per mille of humidity, or millivolts with charging state and level."""
    if value.left == 2:
        report.humidity_pm = value.u16()
        return
    report.battery_mv = value.u32()
    if value.left and value.u8() in {2, 3}:
        report.attributes["charging"] = True
    if value.left:
        report.attributes["battery_percent"] = value.u8()


def _power_parts(report: Report, value: Cursor) -> None:
    """0xEE: signal, outer and inner voltage, satellites."""
    if value.left == 6:
        report.attributes |= {"rssi": value.u8(), "power_mv": value.u16()}
        report.battery_mv = value.u16()
        report.attributes["satellites"] = value.u8()


def _by_length(report: Report, value: Cursor) -> None:
    """0xFE: what it means is told by its length alone."""
    if value.left == 1:
        report.attributes["battery_percent"] = value.u8()
    elif value.left == 2:
        report.attributes["power_mv"] = value.u16() * 100
    elif value.left == 4:
        report.attributes["odometer_m"] = value.u32()


def _number(name: str, size: int, factor: int = 1) -> Reader:
    def read(report: Report, value: Cursor) -> None:
        found = value.uint(size) * factor
        if name == "battery_mv":
            report.battery_mv = found
        else:
            report.attributes[name] = found

    return read


def _text(name: str) -> Reader:
    def read(report: Report, value: Cursor) -> None:
        if value.left:
            report.attributes[name] = value.text(value.left)

    return read


READERS: dict[int, Reader] = {
    0x0B: _lock_event, 0x33: _lock_status, 0x51: _temperatures, 0x56: _battery_tenths,
    0x57: _driving, 0x60: _lock_user, 0x64: _assistance("driving_assistance_alarm"),
    0x65: _assistance("driver_monitor_alarm"), 0x67: _text("lock_password"),
    0x68: _number("battery_percent", 2), 0x69: _number("battery_mv", 2, 10), 0x70: _manoeuvre,
    0x82: _number("power_mv", 2, 100), 0x91: _diagnosis, 0x94: _text("vin"),
    0xAC: _number("odometer_m", 4), 0xBC: _text("driver_name"), 0xBD: _text("driver"),
    0xCC: _text("iccid"), 0xD3: _number("power_mv", 2, 100), 0xD4: _level_or_driver,
    0xDA: _string_lock, 0xE1: _level_or_driver, 0xE2: _number("fuel_ml", 4, 100),
    0xE3: _battery_pair, 0xE4: _charging, 0xE5: _moving, 0xE7: _shocks, 0xE9: _level_or_driver,
    0xED: _text("card"), 0xEE: _power_parts, 0xF1: _number("power_mv", 4), 0xF2: _text("firmware"),
    0xF5: _light, 0xF7: _humidity_or_battery, 0xFB: _text("container"),
    0xFC: _number("geofence", 1), 0xFE: _by_length,
}  # fmt: skip
