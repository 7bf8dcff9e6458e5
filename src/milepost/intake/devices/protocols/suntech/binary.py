"""The universal form in binary, 0x81 and 0x82."""

from __future__ import annotations

from milepost.intake.devices.protocol import Identity, Outcome
from milepost.intake.devices.protocols.suntech.alerts import alert
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import byte_time
from milepost.intake.devices.wire.cursor import Cursor

_ALERT = 0x82
# Bit of the mask, bytes. The date (4) and the time (5) come together.
_MASK = (
    (1, 1), (2, 3), (3, 1), (4, 6), (6, 4), (7, 2), (8, 2), (9, 2), (10, 1), (11, 4), (12, 4),
    (13, 2), (14, 2), (15, 1), (16, 1), (17, 1), (18, 1),
)  # fmt: skip
_NAMED = {10: "rssi", 15: "satellites", 18: "outputs"}


def read_binary(cursor: Cursor) -> Outcome:
    """0x81, 0x82: as the universal form, with a mask of 24 bits."""
    kind = cursor.u8()
    cursor.skip(2)
    outcome = Outcome(kind=f"0x{kind:02x}", identity=Identity(cursor.hex(5)))
    mask, report = cursor.uint(3), Report()
    for bit, size in _MASK:
        if mask >> bit & 1:
            _masked(report, bit, cursor.take(size))
    if mask >> 19 & 1 and cursor.left:
        code = cursor.u8()
        if kind == _ALERT:
            alert(report, code)
        else:
            report.attributes["event"] = code
    outcome.reports.append(report)
    return outcome


def _masked(report: Report, bit: int, raw: bytes) -> None:
    value = int.from_bytes(raw, "big")
    if bit in _NAMED:
        report.attributes[_NAMED[bit]] = value
    elif bit == 4:
        report.at = byte_time(Cursor(raw))
    elif bit in {11, 12}:
        setattr(report, "lat" if bit == 11 else "lon", _signed(value))
    elif bit == 13:
        report.kmh(value / 100)
    elif bit == 14:
        report.course(value / 100)
    elif bit == 16:
        report.valid = value > 0
    elif bit == 17:
        report.attributes |= {"ignition": bool(value & 1), "inputs": value}


def _signed(raw: int) -> float:
    """Sign and magnitude in 32 bits, millionths of a degree."""
    return (-(raw & 0x7FFFFFFF) if raw >> 31 else raw) / 1e6
