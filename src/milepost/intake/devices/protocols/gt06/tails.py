"""What follows the position in makers' forms of GT06."""

from __future__ import annotations

from collections.abc import Callable

from milepost.intake.devices.protocols.gt06.location import read_state
from milepost.intake.devices.protocols.gt06.variants import Layout
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.cursor import Cursor


def _ignition(report: Report, cursor: Cursor) -> None:
    """Ignition, why it reports, whether it was kept back, odometer."""
    if cursor.left >= 3:
        report.attributes |= {
            "ignition": cursor.u8() > 0, "event": cursor.u8(), "buffered": cursor.u8() > 0,
        }  # fmt: skip
    if cursor.left == 4:
        report.attributes["odometer_m"] = cursor.u32()


def _plain(report: Report, cursor: Cursor) -> None:
    if cursor.left in {3, 7}:
        report.attributes["ignition"] = cursor.u8() > 0
        cursor.skip(1)
        report.attributes["buffered"] = cursor.u8() > 0
    if cursor.left == 4:
        report.attributes["odometer_m"] = cursor.u32()


def _status_power(report: Report, cursor: Cursor) -> None:
    read_state(report, cursor.u8())
    report.attributes |= {"power_mv": cursor.u16() * 10, "rssi": cursor.u8()}


def _mask(report: Report, cursor: Cursor) -> None:
    mask = cursor.u16()
    report.attributes["ignition"] = bool(mask >> 15 & 1)
    if mask >> 12 & 1:
        value = mask & 0x1FF
        report.celsius(-value if mask >> 9 & 1 else value)


def _odometer_card(report: Report, cursor: Cursor) -> None:
    report.attributes["odometer_m"] = cursor.u32()
    report.attributes["card"] = cursor.text(min(cursor.u8(), cursor.left))


def _card(report: Report, cursor: Cursor) -> None:
    """Ignition, mode, kept back, odometer, voltages, hours, card."""
    report.attributes["ignition"] = cursor.u8() > 0
    cursor.skip(1)
    report.attributes |= {
        "buffered": cursor.u8() > 0, "odometer_m": cursor.u32(), "power_mv": cursor.u16() * 10,
    }  # fmt: skip
    report.battery_mv = cursor.u8() * 100
    report.attributes["engine_s"] = cursor.uint(3) * 60
    _driver(report, cursor.hex(8))


def _driver(report: Report, card: str) -> None:
    if card.strip("0"):
        report.attributes["driver"] = card


def _rfid(report: Report, cursor: Cursor) -> None:
    _driver(report, cursor.hex(8))


def _button(report: Report, cursor: Cursor) -> None:
    report.attributes["driver"] = str(cursor.uint(6))


def _voltages(report: Report, cursor: Cursor) -> None:
    report.attributes |= {"ignition": cursor.u8() > 0, "power_mv": cursor.u16() * 10}
    report.battery_mv = cursor.u16() * 10


def _climate(report: Report, cursor: Cursor) -> None:
    report.attributes["ignition"] = cursor.u8() > 0
    cursor.skip(2)
    report.attributes["odometer_m"] = cursor.u32()
    cursor.skip(4)
    raw = cursor.u16()
    report.celsius((-(raw & 0x7FFF) if raw & 0x8000 else raw) / 100)
    report.humidity_pm = cursor.u16() // 10


def _power(report: Report, cursor: Cursor) -> None:
    """0xA2: after the state come odometer and engine time."""
    cursor.skip(min(2, cursor.left))
    if cursor.left >= 8:
        report.attributes |= {"odometer_m": cursor.u32(), "engine_s": cursor.u32()}


def _fence(report: Report, cursor: Cursor) -> None:
    if cursor.left:
        cursor.skip(1)  # language
    _plain(report, cursor)
    if cursor.left:
        report.attributes["geofence"] = cursor.u8()


def _modules(report: Report, cursor: Cursor) -> None:
    _ignition(report, cursor)
    while cursor.left >= 3:
        kind, value = cursor.u16(), cursor.sub(min(cursor.u8(), cursor.left))
        if kind == 0x0027:
            report.attributes["power_mv"] = value.u16() * 10
        elif kind == 0x002E:
            report.attributes["odometer_m"] = value.u32()
        elif kind == 0x0018:
            report.battery_mv = value.u16() * 10


_TAILS: dict[str, Callable[[Report, Cursor], None]] = {
    "": _plain, "ignition": _ignition, "status_power": _status_power, "mask": _mask,
    "odometer_card": _odometer_card, "card": _card, "rfid": _rfid, "button": _button,
    "voltages": _voltages, "climate": _climate, "power": _power, "fence": _fence,
    "modules": _modules,
}  # fmt: skip


def read_tail(report: Report, cursor: Cursor, form: Layout) -> None:
    """Read what a form has after cell and status."""
    if cursor.left:
        _TAILS[form.tail](report, cursor)
