"""Meitrack's records in binary; numbers have their low byte first."""

from __future__ import annotations

from collections.abc import Callable

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.protocols.meitrack.events import add_event
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import unix
from milepost.intake.devices.wire.cursor import Cursor

_EPOCH = 946_684_800  # 2000-01-01
_CCC_BYTES = 0x34
Read = tuple[list[Report], str | None]


def read_ccc(cursor: Cursor) -> Read:
    """Records of 52 bytes after a head of eight; the second: what was not read."""
    found: list[Report] = []
    try:
        cursor.skip(8)
        while cursor.left >= _CCC_BYTES:
            found.append(_ccc(cursor.sub(_CCC_BYTES)))
    except FrameError as fault:
        return found, str(fault)
    return found, f"truncated: {cursor.left} bytes of a record" if cursor.left > 4 else None


def _ccc(cursor: Cursor) -> Report:
    report = Report()
    add_event(report, cursor.u8())
    report.lat, report.lon = cursor.int_le(4) / 1e6, cursor.int_le(4) / 1e6
    report.at = unix(_EPOCH + cursor.uint_le(4))
    report.valid = cursor.u8() == 1
    report.attributes |= {"satellites": cursor.u8(), "rssi": cursor.u8()}
    report.kmh(cursor.uint_le(2))
    report.course(cursor.uint_le(2))
    report.attributes["hdop"] = cursor.uint_le(2) / 10
    report.altitude_m = cursor.int_le(2)
    report.attributes |= {"odometer_m": cursor.uint_le(4), "engine_s": cursor.uint_le(4)}
    cursor.skip(8)
    report.attributes["status"] = cursor.uint_le(2)
    cursor.skip(2)
    report.battery_mv = cursor.uint_le(2) * 10
    report.attributes["power_mv"] = cursor.uint_le(2) * 10
    return report


def read_cce(cursor: Cursor) -> Read:
    """Records with a length each, of numbered values; the second: what was not read."""
    found: list[Report] = []
    try:
        cursor.skip(4)
        count = cursor.uint_le(2)
        while len(found) < count:
            found.append(_cce(cursor.sub(cursor.uint_le(2))))
    except FrameError as fault:
        return found, str(fault)
    return found, None


def _number(cursor: Cursor) -> int:
    number = cursor.u8()
    return number << 8 | cursor.u8() if number == 0xFE else number


def _cce(cursor: Cursor) -> Report:
    report = Report()
    cursor.skip(2)
    for size in (1, 2, 4):
        for _ in range(cursor.u8()):
            number = _number(cursor)
            _value(report, number, cursor.take(size))
    for _ in range(cursor.u8()):
        number = _number(cursor)
        _block(report, number, cursor.sub(cursor.u8()))
    return report


# (size of value, number): (attribute, factor)
_VALUES: dict[tuple[int, int], tuple[str, float]] = {
    (1, 0x06): ("satellites", 1), (1, 0x07): ("rssi", 1),
    (1, 0x14): ("outputs", 1), (1, 0x15): ("inputs", 1), (1, 0x97): ("throttle_percent", 1),
    (1, 0x9D): ("fuel_percent", 1), (1, 0xFE69): ("battery_percent", 1),
    (2, 0x0A): ("hdop", 0.1), (2, 0x16): ("analog_1_mv", 10), (2, 0x17): ("analog_2_mv", 10),
    (2, 0x1A): ("power_mv", 10), (2, 0x29): ("fuel_percent", 0.01),
    (2, 0x99): ("engine_rpm", 1), (2, 0x9C): ("coolant_temperature_c", 1),
    (4, 0x0C): ("odometer_m", 1), (4, 0x0D): ("engine_s", 1), (4, 0x25): ("driver", 1),
    (4, 0x9B): ("vehicle_odometer_m", 1), (4, 0xA0): ("fuel_used_ml", 1),
}  # fmt: skip


def _lock(report: Report, value: int) -> None:
    if value:
        report.attributes["locked"] = value == 2


def _fix(report: Report, value: int) -> None:
    report.valid = value > 0


def _battery(report: Report, value: int) -> None:
    report.battery_mv = value * 10


def _lat(report: Report, value: int) -> None:
    report.lat = _signed(value, 32) / 1e6


def _lon(report: Report, value: int) -> None:
    report.lon = _signed(value, 32) / 1e6


def _altitude(report: Report, value: int) -> None:
    report.altitude_m = _signed(value, 16)


def _time(report: Report, value: int) -> None:
    report.at = unix(_EPOCH + value)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


_OWN: dict[tuple[int, int], Callable[[Report, int], None]] = {
    (1, 0x01): add_event, (2, 0x40): add_event,
    (1, 0x05): _fix, (1, 0x47): _lock, (2, 0x08): Report.kmh, (2, 0x09): Report.course,
    (2, 0x0B): _altitude, (2, 0x19): _battery, (4, 0x02): _lat, (4, 0x03): _lon, (4, 0x04): _time,
}  # fmt: skip


def _value(report: Report, number: int, raw: bytes) -> None:
    key, value = (len(raw), number), int.from_bytes(raw, "little")
    if key in _VALUES:
        name, factor = _VALUES[key]
        report.attributes[name] = round(value * factor, 2) if factor < 1 else round(value * factor)
    elif key in _OWN:
        _OWN[key](report, value)


def _block(report: Report, number: int, body: Cursor) -> None:
    """Values with a length of their own."""
    if 0x2A <= number <= 0x31 and body.left >= 3:
        body.skip(1)
        report.celsius(body.int_le(2) / 100, number - 0x29)
    elif number == 0xFE73 and body.left >= 2:
        body.skip(1)
        report.attributes["tag_1_name"] = body.text(body.u8())
        report.attributes["tag_1"] = body.hex(6)
        report.attributes["tag_1_battery_percent"] = body.u8()
        report.celsius(body.int_le(2) / 256)
        report.humidity_pm = round(body.int_le(2) / 25.6)
    elif number == 0xFEA8:
        for battery in range(1, body.left // 2 + 1):
            there, level = body.u8(), body.u8()
            if there:
                name = "battery_percent" if battery == 1 else f"battery_{battery}_percent"
                report.attributes[name] = level
