"""Queclink (GL200, GL300, GV55, GV300 ...): `+RESP:GTFRI,...$` in text.

Source: Queclink "@Track air interface protocol". Times are UTC. Every report carries its positions
as accuracy, speed, course, altitude, longitude, latitude and time side by side; what stands around
them differs by model, so that they are found by that.
"""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import ymd_hms
from milepost.intake.devices.wire.framing import ending
from milepost.intake.devices.wire.text import number, sentence

_HEAD = re.compile(
    r"\+?(?P<frame>RESP|BUFF|ACK|EVT|RSP)[:,]?GT(?P<kind>[A-Z]{3}),(?P<version>[^,]*),(?P<imei>\d{13,18}|[0-9A-F]{14}),"
)
_FIX = re.compile(
    r"(?:(?<=,)|^)(?P<accuracy>\d{0,2}(?:\.\d+)?),(?P<speed>\d{0,3}(?:\.\d+)?),(?P<course>\d{0,3}),"
    r"(?P<altitude>-?\d{0,5}(?:\.\d+)?),(?P<lon>-?\d{1,3}\.\d{4,}),(?P<lat>-?\d{1,2}\.\d{4,}),"
    r"(?P<time>\d{14})"
)
_LATEST = re.compile(r",(\d{14}),([0-9A-Fa-f]{4})\$?$")
_ALARMS = {
    "SOS": "sos", "SPD": "overspeed", "TOW": "tow", "IDL": "idle", "HBM": "acceleration",
    "MPF": "power_cut", "MPN": "power_restored", "BPL": "low_battery", "JDR": "jamming",
    "JDS": "jamming", "TMP": "temperature", "CRA": "collision",
}  # fmt: skip
_IGNITION = {"IGN": True, "VGN": True, "IGF": False, "VGF": False}


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    text = sentence(frame)
    head = _HEAD.match(text)
    if head is None:
        raise FrameError("no frame: +RESP:GTxxx with a version and an IMEI expected")
    kind = head["kind"]
    outcome = Outcome(kind=f"GT{kind}", identity=Identity(head["imei"]))
    body = text[head.end() :]
    outcome.reports = [_position(found) for found in _FIX.finditer(body)]
    ended = _LATEST.search(text)
    if not outcome.reports and head["frame"] != "ACK":
        outcome.reports.append(_status(ended))
    for report in outcome.reports:
        _event(report, kind)
        if head["frame"] == "BUFF":
            report.attributes["buffered"] = True
    _answer(head, ended, outcome)
    return outcome


def _position(found: re.Match[str]) -> Report:
    clock = found["time"]
    report = Report(at=ymd_hms(clock[:8], clock[8:]))
    report.lat, report.lon = float(found["lat"]), float(found["lon"])
    accuracy = number(found["accuracy"])
    # An accuracy of zero says that the position is the last one known.
    report.valid = accuracy is None or accuracy > 0
    if accuracy is not None:
        report.attributes["hdop"] = accuracy
    if (speed := number(found["speed"])) is not None:
        report.kmh(speed)
    if (course := number(found["course"])) is not None:
        report.course(course)
    if (altitude := number(found["altitude"])) is not None:
        report.altitude_m = round(altitude)
    return report


def _status(ended: re.Match[str] | None) -> Report:
    return Report(at=ymd_hms(ended[1][:8], ended[1][8:]) if ended else None)


def _event(report: Report, kind: str) -> None:
    report.alarm(_ALARMS.get(kind))
    if kind in _IGNITION:
        report.attributes["ignition"] = _IGNITION[kind]
    report.attributes["event"] = f"GT{kind}"


def _answer(head: re.Match[str], ended: re.Match[str] | None, outcome: Outcome) -> None:
    if ended is None:
        return
    if head["kind"] == "HBD":
        outcome.replies.append(f"+SACK:GTHBD,{head['version']},{ended[2]}$".encode())
    elif head["frame"] != "ACK":
        outcome.replies.append(f"+SACK:{ended[2]}$".encode())


PROTOCOL = Protocol(
    name="gl200", title="Queclink @Track", cut=ending(b"$", b"\0"), decode=decode, encoding="text",
    datagrams=True,
)  # fmt: skip
