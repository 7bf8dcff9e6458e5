"""Additional items of a JT/T 808 position: number, length, value."""

from __future__ import annotations

from collections.abc import Callable

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.protocols.jt808.vendor import extended, lists, maker_items
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.cursor import Cursor

Reader = Callable[[Report, Cursor], None]


def read_items(report: Report, cursor: Cursor) -> None:
    """Read all items; what is unknown or malformed is passed over by its length."""
    while cursor.left >= 2:
        number, length = cursor.u8(), cursor.u8()
        if number == 0x80 and length <= 2:
            # Its length counts only the head; the items of a diagnosis adapter follow to the end.
            extended.read(report, cursor)
            return
        inner = cursor.sub(min(length, cursor.left))
        _read(number, report, inner)


def _read(number: int, report: Report, inner: Cursor) -> None:
    reader = STANDARD.get(number) or maker_items.READERS.get(number) or lists.READERS.get(number)
    if reader is None:
        return
    try:
        reader(report, inner)
    except (FrameError, ValueError):
        report.attributes[f"unread_item_{number:02x}"] = inner.data[: inner.end][-32:].hex()


def _odometer(report: Report, value: Cursor) -> None:
    report.attributes["odometer_m"] = value.u32() * 100


def _fuel(report: Report, value: Cursor) -> None:
    fuel = value.u16()
    if fuel & 0x8000:
        report.attributes["fuel_percent"] = fuel & 0x7FFF
    else:
        report.attributes["fuel_ml"] = fuel * 100


def _speed(report: Report, value: Cursor) -> None:
    report.attributes["recorder_speed_mm_s"] = round(value.u16() / 36 * 1000)


def _event(report: Report, value: Cursor) -> None:
    report.attributes["event"] = value.u16()


def _tyres(report: Report, value: Cursor) -> None:
    for number, pressure in enumerate(value.take(value.left), 1):
        if pressure != 0xFF and pressure:
            report.attributes[f"tyre_{number}_pressure_pa"] = pressure * 1000


def _carriage(report: Report, value: Cursor) -> None:
    """2019: the carriage's temperature in degrees; the top bit says below zero."""
    if value.left == 1:
        report.attributes["battery_percent"] = value.u8()
    elif (raw := value.u16()) != 0xFFFF:
        report.celsius(maker_items.signed15(raw, 273))


def _geofence(name: str) -> Reader:
    def read(report: Report, value: Cursor) -> None:
        kind = value.u8()
        report.attributes[f"{name}_area_kind"] = kind
        if value.left >= 4:
            report.attributes[f"{name}_area"] = value.u32()
        if value.left:
            report.attributes[f"{name}_area_direction"] = "out" if value.u8() else "in"

    return read


def _route(report: Report, value: Cursor) -> None:
    report.attributes |= {
        "route": value.u32(),
        "route_time_s": value.u16(),
        "route_time_kind": value.u8(),
    }


def _video(report: Report, value: Cursor) -> None:
    report.attributes["video_alarm"] = value.u32()


def _signals(report: Report, value: Cursor) -> None:
    report.attributes["vehicle_signals"] = value.u32()


def _analog(report: Report, value: Cursor) -> None:
    report.attributes |= {"analog_1_mv": value.u16() * 10, "analog_2_mv": value.u16() * 10}


def _byte(name: str) -> Reader:
    def read(report: Report, value: Cursor) -> None:
        report.attributes[name] = value.u8()

    return read


# Items of the standard itself (2011, 2013, 2019).
STANDARD: dict[int, Reader] = {
    0x01: _odometer, 0x02: _fuel, 0x03: _speed, 0x04: _event, 0x05: _tyres, 0x06: _carriage,
    0x11: _geofence("overspeed"), 0x12: _geofence("crossed"), 0x13: _route, 0x14: _video,
    0x25: _signals, 0x2A: _byte("io_status"), 0x2B: _analog, 0xA7: _analog,
    0x30: _byte("rssi"), 0x31: _byte("satellites"),
}  # fmt: skip
