"""Messages of GT06 that are no plain position."""

from __future__ import annotations

from milepost.intake.devices.protocol import Outcome
from milepost.intake.devices.protocols.gt06.framing import wrap
from milepost.intake.devices.protocols.gt06.location import (
    ALARMS,
    NO_ALARM,
    place,
    read_battery,
    read_fix,
    read_state,
)
from milepost.intake.devices.protocols.gt06.message import Message, Reader
from milepost.intake.devices.protocols.gt06.modules import read_modules
from milepost.intake.devices.protocols.gt06.told import (
    read_information,
    read_long_text,
    read_serial,
    read_text,
)
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import bcd_time, byte_time, unix
from milepost.intake.devices.wire.cursor import Cursor


def _heartbeat(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x23: state, hundredths of a volt, signal."""
    report = Report()
    read_state(report, body.u8())
    if body.left >= 2:
        report.battery_mv = body.u16() * 10
    if body.left:
        report.attributes["rssi"] = body.u8()
    outcome.reports.append(report)


def _address(one: Message, body: Cursor, outcome: Outcome) -> None:
    text = b"NA&&NA&&0##"
    outcome.replies.append(wrap(0x97, one.serial, bytes((len(text),)) + bytes(4) + text, long=True))


def _time(one: Message, body: Cursor, outcome: Outcome) -> None:
    at = one.received
    now = bytes((at.year - 2000, at.month, at.day, at.hour, at.minute, at.second))
    outcome.replies.append(wrap(one.number, one.serial, now))


def cells(one: Message, body: Cursor) -> Report:
    """Cells and access points in sight, without a position."""
    return Report(at=byte_time(body, one.zone), attributes={"cells_only": True})


def _cells(one: Message, body: Cursor, outcome: Outcome) -> None:
    outcome.reports.append(cells(one, body))


def _access_points(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x17, 0x69: as `_cells`, with the time in decimal digits; the answer repeats it."""
    digits = body.peek(6)
    at = bcd_time(body, one.zone)
    outcome.reports.append(Report(at=at, attributes={"cells_only": True}))
    outcome.replies.append(b"xx\0" + bytes((one.number,)) + digits + b"\r\n")


def _voltage(one: Message, body: Cursor, outcome: Outcome) -> None:
    outcome.reports.append(Report(attributes={"power_mv": body.i16() * 10}))


def _alarm(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x95: an alarm of a dash camera, with or without a position."""
    report = Report()
    if body.peek(2) == b"\xff\xff":
        body.skip(3)
        report.at = byte_time(body, one.zone)
        report.attributes["satellites"] = body.u8() & 0xF
        lat, lon, flags = body.u32(), body.u32(), body.u16()
        report.kmh(body.u16())
        place(report, lat, lon, flags)
        report.attributes["power_mv"] = body.u16() * 100
    elif body.left > 9:
        report.at = byte_time(body, one.zone)
        lat, lon = body.u32(), body.u32()
        place(report, lat, lon, body.u16())
    else:
        report.at = byte_time(body, one.zone)
    event = body.u8()
    report.attributes["event"] = event
    report.alarm_code(event, _CAMERA)
    outcome.reports.append(report)


_CAMERA = {
    0x01: "sos", 0x0E: "low_power", 0x76: "temperature", 0x80: "vibration", 0x87: "overspeed",
    0x88: "power_cut", 0x90: "acceleration", 0x91: "braking", 0x92: "cornering",
    0x93: "collision",
}  # fmt: skip


def _cell_alarm(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0xA5, 0x19: a cell, the state, an alarm."""
    report = Report()
    wide = one.number == 0xA5
    mnc = 2 if body.peek(1)[:1] >= b"\x80" else 1
    body.skip(2 + mnc + (12 if wide else 5))
    read_state(report, body.u8())
    if body.left:
        read_battery(report, body.u8())
    if body.left:
        report.attributes["rssi"] = body.u8()
    if body.left:
        report.alarm_code(body.u8(), ALARMS, NO_ALARM)
    outcome.reports.append(report)


def _long_fix(one: Message, body: Cursor, outcome: Outcome) -> None:
    """Long 0x32, 0x33: a time, then a position with its length, or none."""
    report = Report(at=byte_time(body, one.zone))
    length = body.u8()
    if length:
        fix = body.sub(min(length, body.left))
        report.attributes["satellites"] = fix.u8() & 0xF
        lat, lon = fix.u32(), fix.u32()
        report.kmh(fix.u8())
        place(report, lat, lon, fix.u16())
    outcome.reports.append(report)


def _satellites_fix(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x34 and others that put data before the position."""
    report = Report()
    body.skip(4)
    read_fix(report, body, one.zone)
    body.skip(2)
    report.attributes["odometer_m"] = body.u32()
    body.skip(2 + 1 + 2 + 4)
    driver = body.u32()
    if driver:
        report.attributes["driver"] = str(driver)
    report.battery_mv = body.u16() * 10
    report.attributes["power_mv"] = body.u16() * 10
    outcome.reports.append(report)


def _battery(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x40: the management of a large battery."""
    body.skip(8)
    report = Report(at=unix(body.u32()))
    report.attributes |= {"capacity_percent": body.u8(), "capacity_mah": body.u16()}
    body.skip(3)
    report.attributes["battery_health_percent"] = body.u8()
    report.celsius(body.u16() / 10 - 273.1)
    body.skip(2)
    report.battery_mv = body.u16()
    outcome.reports.append(report)


def _counted(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0xF1, 0xF2: seconds since 1970, then records that are kept as they are."""
    report = Report(at=unix(body.u32()), attributes={"records": body.rest().hex()})
    outcome.reports.append(report)


def _diagnosis(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x8C: `281=2,28C=...` of a diagnosis adapter."""
    report = Report(at=byte_time(body, one.zone))
    if body.left:
        report.attributes["ignition"] = body.u8() > 0
    report.attributes["diagnosis"] = body.text(body.left)
    outcome.reports.append(report)


def _tagged(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x70: modules with numbers and lengths of 16 bits."""
    outcome.reports.append(read_modules(body))


def _module_status(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x36: a heartbeat with modules."""
    report = Report()
    read_state(report, body.u8())
    read_battery(report, body.u8())
    report.attributes["rssi"] = body.u8()
    body.skip(min(2, body.left))
    while body.left >= 3:
        kind, value = body.u16(), body.sub(min(body.u8(), body.left))
        if kind == 0x0018 and value.left == 2:
            report.battery_mv = value.u16() * 10
        elif kind == 0x006A and value.left:
            report.attributes["battery_percent"] = value.u8()
    outcome.reports.append(report)


def _steps(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0xA3 of small trackers: state and steps, no position."""
    report = Report()
    read_state(report, body.u8())
    if body.left == 19:
        body.skip(3)
        report.attributes |= {"rssi": body.u8(), "power_mv": body.u8() * 1000}
        body.skip(3)
        report.attributes |= {
            "steps": body.u32(), "battery_percent": body.u8(), "charging": body.u8() == 1,
            "moving": body.u8() == 1,
        }  # fmt: skip
    elif body.left >= 6:
        body.skip(3)
        report.attributes["rssi"] = body.u8()
    outcome.reports.append(report)


def _clock(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0xB2: a wireless tag came near."""
    report = Report(at=byte_time(body, one.zone))
    report.attributes |= {"tag_1_rssi": body.int_(1), "tag_1_mac": body.hex(6)}
    outcome.reports.append(report)


def silent(one: Message, body: Cursor, outcome: Outcome) -> None:
    """Understood, and nothing to tell."""


_SHORT: dict[int, Reader] = {
    0x23: _heartbeat, 0x2A: _address, 0x8A: _time, 0x17: _access_points,
    0x69: _access_points, 0xF3: _cells, 0x18: _cells, 0x24: _cells, 0x28: _cells, 0x2C: _cells,
    0x2E: _cells, 0xA1: _cells, 0xA2: _cells, 0xA9: _cells, 0x33: _cells, 0x15: read_text,
    0x94: _voltage, 0x95: _alarm, 0xA5: _cell_alarm, 0x19: _cell_alarm, 0x40: _battery,
    0x36: _module_status, 0x34: _satellites_fix, 0xB2: _clock, 0x1F: silent, 0x14: silent,
    0x35: silent,
}  # fmt: skip
_LONG: dict[int, Reader] = {
    0x94: read_information, 0x9B: read_serial, 0x21: read_long_text, 0x32: _long_fix,
    0x33: _long_fix,
    0x70: _tagged, 0x8C: _diagnosis, 0xF1: _counted, 0xF2: _counted, 0x2C: _cells,
    0x36: _module_status, 0x41: silent, 0x66: silent, 0x65: silent,
}  # fmt: skip
OTHERS: dict[tuple[int, bool], Reader] = {
    **{(number, False): reader for number, reader in _SHORT.items()},
    **{(number, True): reader for number, reader in _LONG.items()},
}


# By the length byte too, where a number means two things.
_BY_LENGTH: dict[tuple[int, int], Reader] = {
    (0xA3, 0x0C): _steps, (0xA3, 0x18): _steps, (0x34, 0x37): _cells,
}  # fmt: skip


def reader(one: Message) -> Reader | None:
    """What reads a message that is no plain position."""
    return _BY_LENGTH.get((one.number, one.length)) or OTHERS.get((one.number, one.long))
