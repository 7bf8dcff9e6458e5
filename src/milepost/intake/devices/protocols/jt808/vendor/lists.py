"""Makers' items that are lists or records themselves."""

from __future__ import annotations

from collections.abc import Callable

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.protocols.jt808.vendor.extended import number
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.cursor import Cursor

Reader = Callable[[Report, Cursor], None]


def _seals(report: Report, value: Cursor) -> None:
    """0x63: eleven bytes a seal."""
    for index in range(1, value.left // 11 + 1):
        report.attributes |= {
            f"lock_{index}_id": value.hex(6),
            f"lock_{index}_battery_mv": value.u16(),
            f"lock_{index}_sealed": value.u8() == 0x31,
        }
        value.skip(2)


def _tyres(report: Report, value: Cursor) -> None:
    while value.left >= 8:
        tyre = f"tyre_{value.u8()}"
        report.attributes |= {
            f"{tyre}_sensor": value.hex(3),
            f"{tyre}_pressure_pa": round((value.u16() & 0x3FF) / 40 * 100_000),
            f"{tyre}_temperature_mc": (value.u8() - 50) * 1000,
            f"{tyre}_status": value.u8(),
        }


def _locks(report: Report, value: Cursor) -> None:
    """0xD5: a voltage, or padlocks of thirteen bytes."""
    if value.left == 2:
        report.battery_mv = value.u16() * 10
        return
    for index in range(1, value.u8() + 1):
        report.attributes |= {
            f"lock_{index}_id": value.hex(5),
            f"lock_{index}_card": value.hex(5),
            f"lock_{index}_battery_percent": value.u8(),
            f"lock_{index}_locked": not value.u16() >> 5 & 1,
        }


def _sensors(report: Report, value: Cursor) -> None:
    """0xE6: wireless sensors of eleven bytes, or a diagnosis sentence."""
    if value.peek(7) == b"$OBD-RT":
        report.attributes["diagnosis"] = value.text(value.left)
        return
    if value.left % 11:
        return
    while value.left:
        sensor = value.u8()
        value.skip(6)
        report.celsius(_parts(value), sensor)
        humidity = round(_parts(value) * 10)
        if sensor == 1:
            report.humidity_pm = humidity
        else:
            report.attributes[f"humidity_{sensor}_pm"] = humidity


def _parts(value: Cursor) -> float:
    """A signed whole part and 255ths."""
    whole, rest = value.int_(1), value.u8() / 255
    return whole - rest if whole < 0 else whole + rest


def _outside(report: Report, value: Cursor) -> None:
    """0xEA: sensors outside the terminal."""
    if value.left <= 2:
        return
    value.skip(1)
    while value.left >= 2:
        kind, length = value.u8(), value.u8()
        inner = value.sub(min(length, value.left))
        if kind == 0x13:
            report.light_lux = inner.u16()
        elif kind == 0x14:
            report.attributes["air_pressure"] = inner.u16()
        elif kind == 0x15:
            report.humidity_pm = inner.u16()
        elif kind == 0x16:
            report.celsius(inner.u16() / 10 - 50)


def _records(report: Report, value: Cursor) -> None:
    """0xEB: records with lengths of 16 bits, cells, or the name of a time zone."""
    raw = value.peek(value.left)
    if raw and all(0x20 <= byte < 0x7F for byte in raw):
        report.attributes["zone"] = value.text(value.left)
        return
    if len(raw) > 3 and int.from_bytes(raw[:2], "big") > 200 and (len(raw) - 3) % 5 == 0:
        return
    while value.left >= 4:
        length = value.u16()
        inner = value.sub(min(length, value.left))
        try:
            if (reader := _RECORDS.get(inner.u16())) is not None:
                reader(report, inner)
        except (FrameError, ValueError):
            continue


def _fuel_text(report: Report, inner: Cursor) -> None:
    report.attributes["fuel_2"] = float(inner.text(6))


def _fuel_tenths(report: Report, inner: Cursor) -> None:
    report.attributes["fuel_1"] = inner.u16() / 10


def _voltage(report: Report, inner: Cursor) -> None:
    if inner.left == 4:
        report.attributes["power_mv"] = inner.u32()
    else:
        report.battery_mv = inner.u16()


def _well(report: Report, inner: Cursor) -> None:
    """These bits say what is well, so a cleared one is the alarm."""
    marks = inner.u32()
    report.alarm(None if marks & 1 else "power_cut")
    report.alarm(None if marks >> 12 & 1 else "tampering")


def _card(report: Report, inner: Cursor) -> None:
    report.attributes["iccid"] = inner.hex(10).rstrip("f")


def _motion(report: Report, inner: Cursor) -> None:
    marks = inner.u32()
    report.alarm(None if marks >> 6 & 1 else "vibration")
    if marks >> 23 & 3 < 2:
        report.attributes["moving"] = marks >> 23 & 3 == 0


def _battery_alarm(report: Report, inner: Cursor) -> None:
    report.alarm("low_battery" if inner.u8() in {3, 4} else None)


def _power(report: Report, inner: Cursor) -> None:
    report.attributes["power_mv"] = inner.u16() * 10


def _level(report: Report, inner: Cursor) -> None:
    report.attributes["battery_percent"] = inner.u8()


_RECORDS: dict[int, Reader] = {
    0x0001: _fuel_tenths, 0x0023: _fuel_text, 0x002D: _voltage, 0x0089: _well, 0x00A8: _level,
    0x00B2: _card, 0x00C5: _motion, 0x00C6: _battery_alarm, 0x00CE: _power, 0x00E1: _level,
}  # fmt: skip


# As in `extended.NUMBERS`.
_ENGINE: dict[int, tuple[str, int, float, float]] = {
    0x0002: ("vehicle_speed_mm_s", 2, 1000 / 36, 0),
    0x0003: ("engine_rpm", 2, 1, 0),
    0x0004: ("power_mv", 2, 1, 0),
    0x0005: ("vehicle_odometer_m", 4, 100, 0),
    0x0008: ("engine_load_percent", 2, 0.1, 0),
    0x0009: ("coolant_temperature_mc", 2, 1000, -40_000),
    0x000C: ("intake_temperature_mc", 2, 1000, -40_000),
    0x0100: ("trip_m", 2, 100, 0),
    0x0102: ("trip_fuel_ml", 2, 100, 0),
}


def _engine(report: Report, value: Cursor) -> None:
    """0xF3: an engine's figures with numbers of 16 bits."""
    while value.left >= 3:
        kind, length = value.u16(), value.u8()
        inner = value.sub(min(length, value.left))
        if kind in _ENGINE:
            number(report, _ENGINE[kind], inner)
        elif kind == 0x0050:
            report.attributes["vin"] = inner.text(17)


def _sensing(report: Report, value: Cursor) -> None:
    """0xF6: air pressure, an IMEI, or a mask and the sensors that it names."""
    if value.left == 2:
        report.attributes["air_pressure"] = value.u16()
        return
    if value.left == 8:
        report.attributes["imei"] = value.hex(8)[1:]
        return
    report.attributes["event"] = value.u8()
    mask = value.u8()
    if mask & 1:
        report.light_lux = value.u16()
    if mask >> 1 & 1:
        report.celsius(value.i16() / 10)
    if mask >> 2 & 1:
        report.humidity_pm = value.i16()
    if mask >> 3 & 1:
        axes = [value.i16() for _ in range(3)]
        report.attributes["acceleration"] = ",".join(map(str, axes))


def _identity(report: Report, value: Cursor) -> None:
    """0xF8: mode, IMEI and card, or a second temperature."""
    if value.left == 19:
        value.skip(1)
        report.attributes["imei"] = value.hex(8)[1:]
        report.attributes["iccid"] = value.hex(10)
    elif value.left == 2:
        report.celsius(value.u16() / 10 - 50, 2)


READERS: dict[int, Reader] = {
    0x63: _seals, 0x77: _tyres, 0xD5: _locks, 0xE6: _sensors, 0xEA: _outside, 0xEB: _records,
    0xF3: _engine, 0xF6: _sensing, 0xF8: _identity,
}  # fmt: skip
