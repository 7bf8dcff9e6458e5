"""Suntech: `ST300STT;...`, the universal `STT;...` with a mask of fields, and binary forms.

Source: Suntech "ST300/ST600/universal data protocol" documents. Times are UTC.
"""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import byte_time, moment, ymd_hms
from milepost.intake.devices.wire.cursor import Cursor
from milepost.intake.devices.wire.text import field, number, pair_at, whole

_DATE, _TIME = re.compile(r"\d{8}"), re.compile(r"\d\d:\d\d:\d\d")
_COORDINATE = re.compile(r"[+-]?\d{1,3}\.\d{4,}")
_UNIVERSAL = {"STT", "ALT", "UEX", "BLE", "EMG", "EVT", "TRV", "ALV", "RES", "CMD", "HTE", "SNB"}
_ALERTS = {
    1: "overspeed", 3: "gnss_antenna_cut", 5: "geofence_exit", 6: "geofence_enter",
    14: "low_battery", 15: "vibration", 16: "collision", 40: "power_restored", 41: "power_cut",
    42: "sos", 46: "acceleration", 47: "braking", 50: "jamming", 132: "door",
}  # fmt: skip
_EMERGENCIES = {
    1: "sos", 2: "parking", 3: "power_cut", 5: "door", 6: "door", 7: "movement", 8: "vibration",
}  # fmt: skip
_ZIP, _ALERT, _BINARY = 0x02, 0x82, {0x81, 0x82}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Binary frames by their length, text to a carriage return that no line feed follows."""
    while at < len(buffer) and buffer[at : at + 1] in b"\r\n":
        at += 1
    if at >= len(buffer):
        return None
    if buffer[at] == _ZIP or buffer[at] in _BINARY:
        if len(buffer) - at < 3:
            return None
        end = at + 3 + int.from_bytes(buffer[at + 1 : at + 3], "big") + (buffer[at] == _ZIP)
        return (at, end) if end <= len(buffer) else None
    stop = buffer.find(b"\r", at)
    while stop >= 0 and buffer[stop + 1 : stop + 2] == b"\n" and _open(buffer[at:stop]):
        stop = buffer.find(b"\r", stop + 1)
    return None if stop < 0 else (at, stop + 1)


def _open(text: bytes) -> bool:
    """Whether a line end is within the data of a serial line, which are passed on as they are."""
    return b"UEX;" in text[:12]


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    if frame[:1] and frame[0] == _ZIP:
        return _zip(Cursor(frame))
    if frame[:1] and frame[0] in _BINARY:
        return _binary(Cursor(frame))
    fields = frame.decode("latin-1").strip("\r\n\0 ").split(";")
    head = fields[0]
    if head in _UNIVERSAL:
        return _universal(head, fields)
    if head.startswith(("ST9", "SA9")):
        return _compact(fields)
    if re.fullmatch(r"S[AT]\d{3}[A-Z]{3}", head):
        return _legacy(head, fields)
    if head == "CRR":
        report = Report(attributes={"collision_trace": True})
        report.alarm("collision")
        return Outcome(kind="CRR", identity=Identity(field(fields, 1)), reports=[report])
    raise FrameError(f"unknown kind of report {head[:12]!r}")


def _where(fields: list[str]) -> tuple[int, int] | None:
    """The indexes of the date and of the latitude; None where there is no position."""
    date = pair_at(fields, _DATE, _TIME, 1)
    if date is None:
        return None
    lat = pair_at(fields, _COORDINATE, _COORDINATE, date + 2)
    return None if lat is None else (date, lat)


def _fix(fields: list[str], date: int, lat: int) -> Report:
    report = Report(at=ymd_hms(fields[date], fields[date + 1]))
    report.lat, report.lon = float(fields[lat]), float(fields[lat + 1])
    report.kmh(number(field(fields, lat + 2)) or 0)
    report.course(number(field(fields, lat + 3)) or 0)
    return report


def _legacy(head: str, fields: list[str]) -> Outcome:
    answer = field(fields, 1) == "Res"
    kind, name = head[5:], field(fields, 2 if answer else 1)
    outcome = Outcome(kind=kind, identity=Identity(name))
    where = _where(fields)
    if answer:
        outcome.facts["answer"] = ";".join(fields[3:])
    elif where is not None:
        report = _fix(fields, *where)
        _rest(report, kind, head, fields[where[1] + 4 :])
        outcome.reports.append(report)
    elif kind == "HTE":
        outcome.reports.append(
            Report(attributes={"driver": fields[-1], "trip": ";".join(fields[2:])})
        )
    elif kind != "ALV":
        outcome.reports.append(Report(attributes={"cells_only": True}))
    return outcome


def _rest(report: Report, kind: str, head: str, rest: list[str]) -> None:
    """Satellites, fix, odometer, volts, inputs, then by kind of report."""
    report.attributes["satellites"] = whole(field(rest, 0)) or 0
    report.valid = field(rest, 1) == "1"
    if head.startswith("ST4"):
        return
    if (odometer := whole(field(rest, 2))) is not None:
        report.attributes["odometer_m"] = odometer
    if (volts := number(field(rest, 3))) is not None:
        report.attributes["power_mv"] = round(volts * 1000)
    inputs = field(rest, 4)
    if len(inputs) >= 6:
        report.attributes["ignition"] = inputs[0] == "1"
        report.attributes["inputs"] = inputs[1:]
    code = whole(field(rest, 5))
    if kind == "EMG":
        report.alarm(_EMERGENCIES.get(code or 0))
    elif kind == "ALT":
        report.alarm(_ALERTS.get(code or 0))
    elif kind == "EVT" and code is not None:
        report.attributes["event"] = code
    if kind == "UEX":
        _serial(report, rest, 5)
    else:
        _tail(report, rest[7 if kind == "STT" else 6 :])


def _tail(report: Report, rest: list[str]) -> None:
    """Minutes of engine time, battery volts, kept back; then cards and temperature sensors."""
    if (minutes := whole(field(rest, 0))) is not None:
        report.attributes["engine_s"] = minutes * 60
    if (volts := number(field(rest, 1))) is not None:
        report.battery_mv = round(volts * 1000)
    report.attributes["buffered"] = field(rest, 2) == "0"
    _probes(report, [one for one in rest[3:] if re.fullmatch(r"[0-9A-F]{16}:[+-]?[\d.]+", one)])
    card = next((one for one in rest[3:] if re.fullmatch(r"[0-9A-Fa-f]{14}", one)), "")
    if card.strip("0"):
        report.attributes["driver"] = card


def _probes(report: Report, probes: list[str]) -> None:
    for sensor, probe in enumerate(probes, 1):
        report.celsius(float(probe.partition(":")[2]), sensor)


def _serial(report: Report, rest: list[str], index: int) -> None:
    """What a device behind the serial line said: its length, then its own fields."""
    left = whole(field(rest, index)) or 0
    for text in rest[index + 1 :]:
        if left <= 0:
            return
        left -= len(text) + 1
        text = text.strip()
        name, equals, value = text.partition("=")
        if text.startswith("GTSL") and text.count("|") >= 4:
            report.attributes["driver"] = text.split("|")[4]
        elif text.startswith("CabAVL") and text.count(",") >= 3:
            report.attributes["fuel_levels"] = ",".join(text.split(",")[2:4])
        elif (
            equals and name[:1] in "tNQ" and (raw := whole(value.partition(".")[0], 16)) is not None
        ):
            label = {"t": "fuel_temperature_c", "N": "fuel_level", "Q": "driving_quality"}[name[0]]
            report.attributes[f"{label}_{name[2:]}"] = raw
        elif text:
            report.attributes["serial_data"] = text


def _compact(fields: list[str]) -> Outcome:
    """ST910: kind first; only a fix follows the course."""
    kind = field(fields, 1)
    outcome = Outcome(kind=kind, identity=Identity(field(fields, 2)))
    where = _where(fields)
    if where is None:
        return outcome
    report = _fix(fields, *where)
    report.valid = field(fields, where[1] + 4) == "1"
    report.alarm("general" if kind in {"Emergency", "Alert"} else None)
    outcome.reports.append(report)
    return outcome


def _universal(kind: str, fields: list[str]) -> Outcome:
    outcome = Outcome(kind=kind, identity=Identity(field(fields, 1)))
    if kind in {"RES", "CMD"}:
        outcome.facts["answer"] = ";".join(fields[2:])
        return outcome
    where = _where(fields)
    if where is None:
        if kind != "ALV":
            outcome.reports.append(Report(attributes={"cells_only": True}))
        return outcome
    report = _fix(fields, *where)
    outcome.reports.append(report)
    rest = fields[where[1] + 4 :]
    if kind == "BLE":
        report.speed_mm_s = report.course_deg = None
        report.attributes["tags"] = ";".join(fields[where[1] + 2 :])
        return outcome
    _universal_rest(report, kind, whole(field(fields, 2), 16) or 0, rest)
    return outcome


def _universal_rest(report: Report, kind: str, mask: int, rest: list[str]) -> None:
    """What the bits from 15 on of the mask say that follows the course."""
    values = iter(rest)
    if mask >> 15 & 1:
        report.attributes["satellites"] = whole(next(values, "")) or 0
    if mask >> 16 & 1:
        report.valid = next(values, "") == "1"
    if mask >> 17 & 1:
        # Digits of zero and one, one an input; the last is the ignition.
        inputs = next(values, "")
        report.attributes |= {"ignition": inputs.endswith("1"), "inputs": inputs}
    if mask >> 18 & 1:
        report.attributes["outputs"] = next(values, "")
    left = list(values)
    if kind == "UEX":
        _serial(report, left, 0)
        return
    code = whole(field(left, 0)) if mask >> 19 & 1 else None
    if kind == "ALT":
        report.alarm(_ALERTS.get(code or 0))
    elif code is not None:
        report.attributes["mode"] = code
    more = left[sum(mask >> bit & 1 for bit in (19, 20, 21)) :]
    if any(more):
        report.attributes["assigned"] = ";".join(more)
    _probes(report, [one for one in more if re.fullmatch(r"[0-9A-F]{16}:[+-]?[\d.]+", one)])


def _signed(raw: int) -> float:
    """Sign and magnitude in 32 bits, millionths of a degree."""
    return (-(raw & 0x7FFFFFFF) if raw >> 31 else raw) / 1e6


def _binary(cursor: Cursor) -> Outcome:
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
        report.alarm(_ALERTS.get(code) if kind == _ALERT else None)
        report.attributes["event"] = code
    outcome.reports.append(report)
    return outcome


# Bit of the mask, bytes. The date (4) and the time (5) come together.
_MASK = (
    (1, 1), (2, 3), (3, 1), (4, 6), (6, 4), (7, 2), (8, 2), (9, 2), (10, 1), (11, 4), (12, 4),
    (13, 2), (14, 2), (15, 1), (16, 1), (17, 1), (18, 1),
)  # fmt: skip
_NAMED = {10: "rssi", 15: "satellites", 18: "outputs"}


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


def _zip(cursor: Cursor) -> Outcome:
    """0x02: decimal digits packed."""
    cursor.skip(3)
    kind = cursor.u8()
    if kind != 0x10:
        return Outcome(kind=f"zip 0x{kind:02x}")
    outcome = Outcome(kind="zip", identity=Identity(cursor.hex(5)[:9]))
    cursor.skip(3)
    parts = cursor.take(6)
    report = Report(at=moment(*parts))
    cursor.skip(3)
    report.lat = cursor.u8() + cursor.bcd(3) / 1e6
    report.lon = cursor.u8() + cursor.bcd(3) / 1e6
    report.kmh(cursor.u16() + cursor.bcd(1) / 100)
    report.course(cursor.u16() + cursor.bcd(1) / 100)
    flags = cursor.u8()
    report.valid = bool(flags >> 7 & 1)
    report.lat = -report.lat if flags >> 6 & 1 else report.lat
    report.lon = -report.lon if flags >> 5 & 1 else report.lon
    report.attributes["odometer_m"] = cursor.u32()
    report.attributes["power_mv"] = cursor.u8() * 1000 + cursor.bcd(1) * 10
    report.attributes["ignition"] = bool(cursor.u8() & 1)
    outcome.reports.append(report)
    return outcome


PROTOCOL = Protocol(name="suntech", title="Suntech", cut=cut, decode=decode, encoding="text")
