"""Plain NMEA over a socket (T55 and many others): `$GPRMC,...`, with the name before or after.

Names come as `IMEI 352...`, `$PGID,352...*0F`, a bare number line, `+BUFF`, or after the sentence.
"""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import moment
from milepost.intake.devices.wire.framing import ending
from milepost.intake.devices.wire.nmea import read_rmc
from milepost.intake.devices.wire.places import minutes
from milepost.intake.devices.wire.text import number, sentence

_NAME = re.compile(r"(?:IMEI[ :]?|\$PGID,|\$FRLIN,,|imei:|GPID,)\s*([0-9A-Za-z]{5,20})")
_BARE = re.compile(r"(?:\d+,)?\+?(\d{10,20})\b")
_LATER = re.compile(r"\*[0-9A-Fa-f]{2},?([0-9]{8,20})")
_GGA = re.compile(
    r"G[PN]GGA,(?P<time>\d{6})(?:\.\d+)?,(?P<lat>\d{2,4}\.\d+),(?P<ns>[NS]),"
    r"(?P<lon>\d{3,5}\.\d+),(?P<ew>[EW]),(?P<fix>\d),(?P<satellites>\d*),(?P<hdop>[\d.]*),"
    r"(?P<altitude>-?[\d.]*)"
)
_TRCCR = re.compile(
    r"\$TRCCR,(?P<time>\d{14})(?:\.\d+)?,(?P<valid>[AV]),(?P<lat>-?\d+\.\d+),(?P<lon>-?\d+\.\d+),"
    r"(?P<speed>\d+\.?\d*),(?P<course>\d+\.?\d*),(?P<altitude>-?\d+\.?\d*)"
)


def decode(frame: bytes, session: Session) -> Outcome:
    """One line; raises FrameError where it is none of those known."""
    text = sentence(frame)
    outcome = Outcome(kind=text.partition(",")[0].strip("$")[:8])
    name = _NAME.search(text) or _LATER.search(text) or _BARE.match(text)
    if name is not None:
        outcome.identity = Identity(name[1])
    report = _report(text, session)
    if report is not None:
        outcome.reports.append(report)
    elif name is None and not text.startswith("$"):
        raise FrameError("no frame: neither a name nor an NMEA sentence")
    return outcome


def _report(text: str, session: Session) -> Report | None:
    if (found := read_rmc(text)) is not None:
        return found[0]
    if (own := _TRCCR.search(text)) is not None:
        return _trccr(own)
    gga = _GGA.search(text)
    return None if gga is None else _gga(gga, session)


def _gga(found: re.Match[str], session: Session) -> Report:
    """It has no date: that of its coming, or of the day before where it would lie ahead."""
    now = session.received
    clock = found["time"]
    hour, minute, second = int(clock[:2]), int(clock[2:4]), int(clock[4:6])
    report = Report(at=moment(now.year, now.month, now.day, hour, minute, second))
    report.attributes["date_is_received"] = True
    report.valid = found["fix"] != "0"
    report.lat = minutes(found["lat"], found["ns"])
    report.lon = minutes(found["lon"], found["ew"])
    if (altitude := number(found["altitude"])) is not None:
        report.altitude_m = round(altitude)
    return report


def _trccr(found: re.Match[str]) -> Report:
    digits = found["time"]
    parts = [int(digits[at : at + 2]) for at in range(4, 14, 2)]
    at = moment(int(digits[:4]), parts[0], parts[1], parts[2], parts[3], parts[4])
    report = Report(at=at, valid=found["valid"] == "A")
    report.lat, report.lon = float(found["lat"]), float(found["lon"])
    report.knots(float(found["speed"]))
    report.course(float(found["course"]))
    report.altitude_m = round(float(found["altitude"]))
    return report


PROTOCOL = Protocol(
    name="t55", title="NMEA over a socket", cut=ending(b"\r\n", b"\n", b"\r"), decode=decode,
    encoding="text", datagrams=True,
)  # fmt: skip
