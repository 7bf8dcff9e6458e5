"""Wialon IPS 1.1 and 2.0: `#L#`, `#D#`, `#SD#`, `#B#`, `#P#`, `#M#`.

Source: Gurtam "Wialon IPS protocol". Times are UTC.
"""

from __future__ import annotations

from datetime import datetime

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.checksums import crc16_ibm
from milepost.intake.devices.wire.clocks import dmy_hms
from milepost.intake.devices.wire.framing import ending
from milepost.intake.devices.wire.places import minutes
from milepost.intake.devices.wire.text import field, number, sentence, whole

_NONE = {"", "NA"}


def decode(frame: bytes, session: Session) -> Outcome:
    """One line; raises FrameError where it is none."""
    text = sentence(frame)
    start = text.find("#")
    parts = text[start + 1 :].split("#", 1) if start >= 0 else []
    if len(parts) < 2:
        raise FrameError("no frame: #kind# expected")
    kind, body = parts
    outcome = Outcome(kind=kind)
    if text[:start].isdecimal():
        outcome.identity = Identity(text[:start])
    if kind == "L":
        _login(body, outcome, session)
    elif kind in {"D", "SD"}:
        _data(kind, _checked(body, session), outcome, session)
    elif kind == "B":
        _batch(_checked(body, session, "|"), outcome, session)
    elif kind == "P":
        outcome.replies.append(b"#AP#\r\n")
    elif kind == "M":
        outcome.facts["message"] = body.partition(";")[0]
        outcome.replies.append(b"#AM#1\r\n")
    else:
        raise FrameError(f"unknown kind #{kind[:8]}#")
    return outcome


def _checked(body: str, session: Session, mark: str = ";") -> str:
    """The body without the checksum that 2.0 ends it with; raises FrameError where it is wrong."""
    rest, found, told = body.rpartition(mark)
    if not session.notes.get("v2") or not found:
        return body
    value = whole(told, 16)
    if session.strict and value != crc16_ibm(f"{rest}{mark}".encode("latin-1")):
        raise FrameError("broken checksum")
    return rest


def _login(body: str, outcome: Outcome, session: Session) -> None:
    fields = body.split(";")
    version2 = fields[0] == "2.0"
    session.notes["v2"] = version2
    name, secret = field(fields, 1 if version2 else 0), field(fields, 2 if version2 else 1)
    if not name:
        raise FrameError("a login without a name")
    outcome.identity = Identity(name, "login", "" if secret in _NONE else secret)
    outcome.replies.append(b"#AL#1\r\n")
    outcome.refusal = b"#AL#01\r\n"


def _data(kind: str, body: str, outcome: Outcome, session: Session) -> None:
    outcome.refusal = f"#A{kind}#-1\r\n".encode()
    try:
        outcome.reports.append(_position(body.split(";"), session.received))
    except (FrameError, ValueError):
        outcome.replies.append(f"#A{kind}#0\r\n".encode())
        raise
    outcome.replies.append(f"#A{kind}#1\r\n".encode())


def _batch(body: str, outcome: Outcome, session: Session) -> None:
    for one in body.split("|"):
        if not one.strip():
            continue
        try:
            report = _position(one.split(";"), session.received)
        except ValueError as error:
            outcome.fault = str(error)
            continue
        report.attributes["buffered"] = True
        outcome.reports.append(report)
    outcome.replies.append(f"#AB#{len(outcome.reports)}\r\n".encode())


def _position(fields: list[str], received: datetime) -> Report:
    """Date, time, latitude, N, longitude, E, speed, course, altitude, satellites, then more."""
    if len(fields) < 6:
        raise FrameError(f"truncated: {len(fields)} fields")
    date, clock = fields[0], fields[1]
    report = Report(at=received if date in _NONE or clock in _NONE else dmy_hms(date, clock))
    if fields[2] not in _NONE and fields[4] not in _NONE:
        report.lat, report.lon = minutes(fields[2], fields[3]), minutes(fields[4], fields[5])
    satellites = whole(field(fields, 9))
    if satellites is not None:
        report.attributes["satellites"] = satellites
        report.valid = satellites >= 3
    report.kmh(number(field(fields, 6)) or 0)
    report.course(number(field(fields, 7)) or 0)
    if (altitude := number(field(fields, 8))) is not None:
        report.altitude_m = round(altitude)
    _rest(report, fields[10:])
    return report


def _rest(report: Report, rest: list[str]) -> None:
    """Dilution, inputs, outputs, analog inputs, driver, parameters `name:type:value`."""
    for place, name in ((0, "hdop"), (1, "inputs"), (2, "outputs")):
        if (value := number(field(rest, place))) is not None:
            report.attributes[name] = value
    if field(rest, 4) not in _NONE:
        report.attributes["driver"] = field(rest, 4)
    for one in field(rest, 5).split(","):
        name, _, typed = one.partition(":")
        value = number(typed.partition(":")[2])
        if name in {"temp", "temp1"} and value is not None:
            report.celsius(value)
        elif name and typed:
            report.attributes[name] = typed.partition(":")[2]


PROTOCOL = Protocol(
    name="wialon", title="Wialon IPS", cut=ending(b"\r\n", b"\n"), decode=decode, encoding="text",
    datagrams=True, proves=True, max_frame_bytes=65_536,
)  # fmt: skip
