"""Frames of Meitrack, and its text reports."""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Session
from milepost.intake.devices.protocols.meitrack.binary import read_ccc, read_cce
from milepost.intake.devices.protocols.meitrack.events import add_event
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.checksums import sum8
from milepost.intake.devices.wire.clocks import ymd_hms
from milepost.intake.devices.wire.cursor import Cursor
from milepost.intake.devices.wire.text import field, number, pair_at, whole

_HEAD = re.compile(rb"\$\$.(\d{1,5}),", re.DOTALL)
_DEGREES = re.compile(r"-?\d{1,3}\.\d+")
_CARD = 37


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Its length counts from the comma after it to the line end."""
    while True:
        start = buffer.find(b"$$", at)
        if start < 0:
            return None
        comma = buffer.find(b",", start, start + 10)
        if comma < 0:
            if len(buffer) - start < 10:
                return None
            at = start + 1
            continue
        head = _HEAD.match(buffer, start)
        if head is None:
            at = start + 1
            continue
        end = comma + int(head[1])
        return (start, end) if end <= len(buffer) else None


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    head = _HEAD.match(frame)
    parts = frame.split(b",", 3)
    if head is None or len(parts) < 3:
        raise FrameError("no frame: $$, a letter, a length, an IMEI and a command expected")
    imei, kind = parts[1].decode("latin-1"), parts[2][:3].decode("latin-1")
    fault = _fault(frame)
    if fault and session.strict:
        raise FrameError(fault)
    outcome = Outcome(kind=kind, identity=Identity(imei), fault=fault)
    if kind == "CCC" or kind == "CCE":
        start = len(frame) - len(parts[3]) if len(parts) > 3 else len(frame)
        end = max(start, frame.rfind(b"*"))
        body = Cursor(frame, start, end)
        read = read_ccc if kind == "CCC" else read_cce
        outcome.reports, problem = read(body)
        outcome.fault = outcome.fault or problem
        if kind == "CCC":
            count = len(outcome.reports)
            outcome.replies.append(_command(frame[2:3], f"{imei},CCC,{count}"))
    elif kind == "AAC":
        outcome.replies.append(_command(b"z", f"{imei},AAC,1"))
    else:
        _text(frame, outcome)
    return outcome


def _fault(frame: bytes) -> str | None:
    """The sum of everything up to the star, in hexadecimal after it."""
    star = frame.rfind(b"*")
    told = frame[star + 1 : star + 3].decode("latin-1") if star >= 0 else ""
    if whole(told, 16) is None:
        return "truncated: no checksum at its end"
    return None if whole(told, 16) == sum8(frame[: star + 1]) else "broken checksum"


def _command(flag: bytes, content: str) -> bytes:
    """A command to the terminal; its length counts the comma, the content, the sum and line end."""
    text = b"@@" + flag + f"{len(content) + 6},{content}*".encode("latin-1")
    return text + f"{sum8(text):02X}\r\n".encode()


def _text(frame: bytes, outcome: Outcome) -> None:
    fields = frame[: frame.rfind(b"*")].decode("latin-1").split(",")
    lat = pair_at(fields, _DEGREES, _DEGREES, 4)
    if lat is None:
        outcome.facts["answer"] = ",".join(fields[2:])
        return
    clock = field(fields, lat + 2)
    if len(clock) != 12:
        raise FrameError(f"no time: {clock}")
    report = Report(at=ymd_hms(clock[:6], clock[6:]), valid=field(fields, lat + 3) == "A")
    report.lat, report.lon = float(fields[lat]), float(fields[lat + 1])
    _figures(report, fields, lat)
    event = whole(fields[lat - 1])
    if event is not None:
        add_event(report, event)
        if event == _CARD and field(fields, lat + 16):
            report.attributes["driver"] = fields[lat + 16].strip()
    outcome.reports.append(report)


def _figures(report: Report, fields: list[str], lat: int) -> None:
    for offset, name in ((4, "satellites"), (5, "rssi"), (10, "odometer_m"), (11, "engine_s")):
        if (value := whole(field(fields, lat + offset))) is not None:
            report.attributes[name] = value
    report.kmh(number(field(fields, lat + 6)) or 0)
    report.course(number(field(fields, lat + 7)) or 0)
    if (hdop := number(field(fields, lat + 8))) is not None:
        report.attributes["hdop"] = hdop
    report.altitude_m = whole(field(fields, lat + 9))
    marks = field(fields, lat + 13)
    if len(marks) == 4 and (inputs := whole(marks, 16)) is not None:
        report.attributes |= {"inputs": inputs >> 8, "outputs": inputs & 0xFF}
    _volts(report, field(fields, lat + 14).split("|"))
    _climate(report, fields, lat)


def _volts(report: Report, parts: list[str]) -> None:
    """Five figures: volts, or hundredths of a volt in hexadecimal as fourth and fifth."""
    if len(parts) < 5:
        return
    if "." in parts[0]:
        battery, power = number(parts[0]), number(parts[1])
        scale = 1000.0
    else:
        battery, power = whole(parts[3], 16), whole(parts[4], 16)
        scale = 10.0
    if battery is not None:
        report.battery_mv = round(battery * scale)
    if power is not None:
        report.attributes["power_mv"] = round(power * scale)


def _climate(report: Report, fields: list[str], lat: int) -> None:
    """`01 1A 20|...`: sensor, whole degrees and hundredths; from protocol 3 on 16 bits."""
    text = field(fields, lat + 20)
    if not re.fullmatch(r"[0-9A-Fa-f]{6}(\|[0-9A-Fa-f]{6})*", text):
        return
    newer = (whole(field(fields, lat + 18)) or 0) >= 3
    for probe in text.split("|"):
        raw = bytes.fromhex(probe)
        signed = int.from_bytes(raw[1:3], "big", signed=True)
        degrees = int.from_bytes(raw[1:2], "big", signed=True)
        hundredths = -raw[2] if degrees < 0 else raw[2]
        report.celsius(signed / 100 if newer else degrees + hundredths / 100, max(raw[0], 1))
