"""Items of diagnosis adapters: 0x80 and everything after it."""

from __future__ import annotations

from collections.abc import Callable

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.cursor import Cursor

# Number: (attribute, bytes, factor, shift): value = raw * factor + shift.
NUMBERS: dict[int, tuple[str, int, float, float]] = {
    0x01: ("odometer_m", 4, 100, 0),
    0x02: ("fuel_ml", 2, 100, 0),
    0x03: ("vehicle_speed_mm_s", 2, 1000 / 36, 0),
    0x61: ("power_mv", 2, 10, 0),
    0x69: ("battery_mv", 2, 10, 0),
    0x80: ("vehicle_speed_mm_s", 1, 1000 / 3.6, 0),
    0x81: ("engine_rpm", 2, 1, 0),
    0x82: ("power_mv", 2, 100, 0),
    0x83: ("engine_load_percent", 1, 1, 0),
    0x84: ("coolant_temperature_mc", 1, 1000, -40_000),
    0x85: ("fuel_consumption", 2, 1, 0),
    0x86: ("intake_temperature_mc", 1, 1000, -40_000),
    0x87: ("intake_flow", 2, 1, 0),
    0x88: ("intake_pressure_pa", 1, 1000, 0),
    0x89: ("throttle_percent", 1, 1, 0),
    0x8C: ("vehicle_odometer_m", 4, 100, 0),
    0x8D: ("trip_m", 2, 1000, 0),
    0x8E: ("fuel_percent", 1, 1, 0),
}


def _vin(report: Report, value: Cursor) -> None:
    report.attributes["vin"] = value.text(17)


def _troubles(report: Report, value: Cursor) -> None:
    report.attributes["trouble_codes"] = value.text(value.left).replace(",", " ")


def _iccid(report: Report, value: Cursor) -> None:
    report.attributes["iccid"] = value.text(20)


def _battery(report: Report, value: Cursor) -> None:
    value.skip(1)
    report.attributes["battery_percent"] = value.u8()


TEXTS: dict[int, Callable[[Report, Cursor], None]] = {
    0x56: _battery, 0x8B: _vin, 0xA0: _troubles, 0xCC: _iccid,
}  # fmt: skip


def number(report: Report, entry: tuple[str, int, float, float], value: Cursor) -> None:
    """Put one number of a table into the report."""
    name, size, factor, shift = entry
    found = round(value.uint(size) * factor + shift)
    if name == "battery_mv":
        report.battery_mv = found
    else:
        report.attributes[name] = found


def read(report: Report, cursor: Cursor) -> None:
    """Read items to the end; what is unknown or malformed is passed over by its length."""
    if cursor.left:
        cursor.skip(1)
    while cursor.left >= 2:
        item, length = cursor.u8(), cursor.u8()
        inner = cursor.sub(min(length, cursor.left))
        try:
            if item in NUMBERS:
                number(report, NUMBERS[item], inner)
            elif item in TEXTS:
                TEXTS[item](report, inner)
        except FrameError:
            continue
