"""Records of Teltonika's codecs 7, 8, 8 extended and 16."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.protocols.teltonika.elements import add_element
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import unix
from milepost.intake.devices.wire.cursor import Cursor

OLD, EXTENDED, SIXTEEN = 0x07, 0x8E, 0x10
_SIZES = 1, 2, 4, 8
_OLD_EPOCH = 1_167_609_600  # 2007-01-01
_OLD_FIGURES = (4, 1, "satellites"), (5, 4, "cell"), (6, 1, "rssi"), (7, 4, "operator")


def read_records(codec: int, count: int, cursor: Cursor) -> tuple[list[Report], str | None]:
    """As many records as are announced; the second: why not all of them were read."""
    found: list[Report] = []
    for _ in range(count):
        try:
            found.append(_record(codec, cursor))
        except FrameError as fault:
            return found, f"{fault}, in record {len(found) + 1} of {count}"
    if cursor.left and cursor.u8() != count:
        return found, "the two counts of records differ"
    return found, None


def _record(codec: int, cursor: Cursor) -> Report:
    if codec == OLD:
        return _old(cursor)
    report = Report(at=unix(cursor.uint(8) / 1000))
    report.attributes["priority"] = cursor.u8()
    report.lon, report.lat = cursor.int_(4) / 1e7, cursor.int_(4) / 1e7
    report.altitude_m = cursor.i16()
    report.course(cursor.u16())
    satellites = cursor.u8()
    report.attributes["satellites"] = satellites
    report.valid = satellites > 0
    report.kmh(cursor.u16())
    wide = codec in {EXTENDED, SIXTEEN}
    report.attributes["event"] = cursor.uint(2 if wide else 1)
    if codec == SIXTEEN:
        report.attributes["generation"] = cursor.u8()
    for number, value in _elements(codec, cursor):
        add_element(report, number, value)
    return report


def _elements(codec: int, cursor: Cursor) -> Iterator[tuple[int, bytes]]:
    """(number, value) of all input and output elements."""
    counted = 2 if codec == EXTENDED else 1
    named = 2 if codec in {EXTENDED, SIXTEEN} else 1
    cursor.skip(counted)  # how many there are in all
    for size in _SIZES:
        for _ in range(cursor.uint(counted)):
            yield cursor.uint(named), cursor.take(size)
    if codec == EXTENDED:
        for _ in range(cursor.u16()):
            yield cursor.u16(), cursor.take(cursor.u16())


def _old(cursor: Cursor) -> Report:
    """Codec 7 of older terminals: a mask says what follows."""
    raw = cursor.u32()
    report = Report(at=unix((raw & 0x3FFFFFFF) + _OLD_EPOCH))
    report.attributes["priority"] = raw >> 30
    mask = cursor.u8()
    if mask & 1:
        _old_fix(report, cursor)
    for bit, size in ((1, 1), (2, 2), (3, 4)):
        if mask >> bit & 1:
            for _ in range(cursor.u8()):
                add_element(report, cursor.u8(), cursor.take(size))
    return report


def _old_fix(report: Report, cursor: Cursor) -> None:
    mask = cursor.u8()
    if mask & 1:
        report.lat, report.lon = unpack(">ff", cursor.take(8))
    if mask >> 1 & 1:
        report.altitude_m = cursor.i16()
    if mask >> 2 & 1:
        report.course(cursor.u8() * 360 / 256)
    if mask >> 3 & 1:
        report.kmh(cursor.u8())
    for bit, size, name in _OLD_FIGURES:
        if mask >> bit & 1:
            report.attributes[name] = cursor.uint(size)
