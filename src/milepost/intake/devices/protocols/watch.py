"""Watches (SeTracker and look-alikes): `[3G*8800000015*0087*UD,...]`.

Source: "GPS watch communication protocol" of its makers. Times are UTC.
"""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import dmy_hms
from milepost.intake.devices.wire.places import degrees
from milepost.intake.devices.wire.text import field, number, whole

_HEAD = re.compile(
    rb"\[(?P<maker>..)\*(?P<name>[^*]+)\*(?:(?P<index>[0-9A-Fa-f]{4})\*(?=[0-9A-Fa-f]{4}\*))?"
    rb"(?P<length>[0-9A-Fa-f]{4})\*(?P<content>.*)",
    re.DOTALL,
)
_ESCAPES = {b"}\x01": b"}", b"}\x02": b"[", b"}\x03": b"]", b"}\x04": b",", b"}\x05": b"*"}
_ESCAPE = re.compile(rb"\}[\x01-\x05]")
_ALARMS = {
    0: "low_battery", 1: "geofence_exit", 2: "geofence_enter", 14: "power_cut", 16: "sos",
    17: "low_battery", 18: "geofence_exit", 19: "geofence_enter", 20: "tampering", 21: "fall",
    22: "fall",
}  # fmt: skip
_POSITIONS = ("UD", "AL", "WT")
_VITALS = {"pulse", "heart", "blood", "bphrt", "temp", "btemp2", "oxygen"}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """From `[` to the `]` where its length says that it ends, or else to the next one."""
    start = buffer.find(b"[", at)
    if start < 0:
        return None
    head = _HEAD.match(buffer, start, start + 64)
    if head is not None:
        # The length counts the content as it was before its escapes.
        end = head.start("content") + int(head["length"], 16)
        if buffer[end : end + 1] == b"]":
            return start, end + 1
    stop = buffer.find(b"]", start)
    return None if stop < 0 else (start, stop + 1)


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    head = _HEAD.match(frame)
    if head is None:
        raise FrameError("no frame: [maker*name*length*content] expected")
    content = _ESCAPE.sub(lambda found: _ESCAPES[found.group()], head["content"].removesuffix(b"]"))
    text = content.decode("latin-1")
    kind, _, data = text.partition(",")
    outcome = Outcome(kind=kind, identity=Identity(head["name"].decode("latin-1")))
    _read(kind, data, outcome)
    if (answer := _answer(kind)) is not None:
        outcome.replies.append(_reply(head, answer))
    return outcome


def _answer(kind: str) -> str | None:
    if kind == "INIT":
        return "INIT,1"
    if kind.startswith("AL"):
        return "AL"
    if kind == "JXTK":
        return "JXTKR,1"
    return kind if kind in {"LK", "TKQ", "TKQ2"} else None


def _reply(head: re.Match[bytes], content: str) -> bytes:
    index = head["index"] + b"*" if head["index"] else b""
    sized = f"{len(content):04x}*{content}]".encode("latin-1")
    return b"[" + head["maker"] + b"*" + head["name"] + b"*" + index + sized


def _read(kind: str, data: str, outcome: Outcome) -> None:
    fields = data.split(",")
    if kind.startswith(_POSITIONS):
        outcome.reports.append(_position(fields, kind))
    elif kind == "LK" and len(fields) >= 3:
        report = Report()
        for place, name in ((0, "steps"), (2, "battery_percent")):
            if (value := whole(field(fields, place))) is not None:
                report.attributes[name] = value
        outcome.reports.append(report)
    elif kind.lower() in _VITALS and data:
        outcome.reports.append(_vitals(kind.lower(), fields))


def _vitals(kind: str, fields: list[str]) -> Report:
    report = Report()
    values = [number(one) or 0 for one in fields]
    if kind == "temp":
        report.celsius(values[0])
    elif kind == "btemp2" and len(values) > 1 and values[0]:
        report.celsius(values[1])
    elif kind == "oxygen" and len(values) > 1:
        report.attributes["blood_oxygen_percent"] = values[1]
    elif kind in {"bphrt", "blood"} and len(values) > 1:
        report.attributes |= {"blood_pressure_high": values[0], "blood_pressure_low": values[1]}
    else:
        report.attributes["heart_rate"] = values[0]
    return report


def _position(fields: list[str], kind: str) -> Report:
    if len(fields) < 16:
        raise FrameError(f"truncated: {len(fields)} fields of 16")
    report = Report(at=dmy_hms(fields[0], fields[1]), valid=fields[2] == "A")
    report.lat, report.lon = degrees(fields[3], fields[4]), degrees(fields[5], fields[6])
    if report.lat > 0 and fields[4] == "S":
        report.lat = -report.lat
    report.kmh(number(fields[7]) or 0)
    report.course(number(fields[8]) or 0)
    report.altitude_m = round(number(fields[9]) or 0)
    for place, name in ((10, "satellites"), (11, "rssi"), (12, "battery_percent"), (13, "steps")):
        if (value := whole(fields[place])) is not None:
            report.attributes[name] = value
    state = whole(fields[15], 16) or 0
    for bit, name in _ALARMS.items():
        report.alarm(name if state >> bit & 1 else None)
    if state >> 4 & 1:
        report.attributes["moving"] = True
    if kind.startswith("AL") and "alarm" not in report.attributes:
        report.alarm("general")
    return report


PROTOCOL = Protocol(
    name="watch", title="GPS watch", cut=cut, decode=decode, encoding="text", max_frame_bytes=65_536
)
