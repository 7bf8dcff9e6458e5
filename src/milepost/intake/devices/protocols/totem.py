"""Totem: `$$B3359772032399074|60$GPRMC,...`, and the newer forms with fields of fixed width.

Source: Totem "AT07 protocol". Times are UTC.
"""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import dmy_hms, ymd_hms
from milepost.intake.devices.wire.nmea import read_rmc
from milepost.intake.devices.wire.places import minutes
from milepost.intake.devices.wire.text import number, sentence

_OLD = re.compile(r"\$\$(?P<length>[0-9A-F]{2})(?P<imei>\d{15})\|(?P<alarm>[0-9A-F]{2})")
_NEW = re.compile(r"\$\$(?P<length>\d{4})(?P<kind>[0-9A-F]{2})(?P<imei>\d{15})\|")
_PLAIN = re.compile(
    r"\|(?P<valid>[AV])\|(?P<lat>\d{2,4}\.\d+)\|(?P<ns>[NS])\|(?P<lon>\d{3,5}\.\d+)\|(?P<ew>[EW])\|"
    r"(?P<speed>\d*\.?\d*)\|(?P<course>\d*)\|"
)
_TIME = re.compile(r"\|(\d{12})\|")
# Status, time, battery, power, ... satellites, signal, course, speed, dilution, odometer, place.
_FIXED = re.compile(
    r"\|(?P<status>[0-9A-F]{8})(?P<time>\d{12})(?P<battery>\d{2})(?P<power>\d{2})(?P<middle>[0-9A-Fa-f]*?)"
    r"(?P<satellites>\d{2})(?P<signal>\d{2})(?P<course>\d{3})(?P<speed>\d{3})(?P<hdop>\d\d\.\d)"
    r"(?P<odometer>\d{7})(?P<lat>\d{4}\.\d{4})(?P<ns>[NS])(?P<lon>\d{5}\.\d{4})(?P<ew>[EW])"
)
_ALARMS = {"01": "sos", "10": "low_battery", "11": "overspeed", "30": "geofence", "02": "power_cut"}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """From `$$` to the line end, or by the length where none is sent."""
    start = buffer.find(b"$$", at)
    if start < 0:
        return None
    stop = buffer.find(b"\r\n", start)
    if stop >= 0:
        return start, stop + 2
    head = _NEW.match(buffer[start : start + 24].decode("latin-1"))
    end = start + int(head["length"]) if head else -1
    return (start, end) if head and start < end <= len(buffer) else None


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    text = sentence(frame)
    head = _NEW.match(text) or _OLD.match(text)
    if head is None:
        raise FrameError("no frame: $$, a length and an IMEI expected")
    outcome = Outcome(kind=head.groupdict().get("kind") or "old", identity=Identity(head["imei"]))
    report = _report(text)
    if report is None:
        outcome.fault = "no position in it"
        return outcome
    if event := head.groupdict().get("alarm"):
        report.attributes["event"] = event
        report.alarm(_ALARMS.get(event))
    outcome.reports.append(report)
    return outcome


def _report(text: str) -> Report | None:
    if (found := read_rmc(text)) is not None:
        return found[0]
    if (fixed := _FIXED.search(text)) is not None:
        return _fixed(fixed)
    plain, clock = _PLAIN.search(text), _TIME.search(text)
    if plain is None or clock is None:
        return None
    report = Report(at=dmy_hms(clock[1][:6], clock[1][6:]), valid=plain["valid"] == "A")
    return _place(report, plain)


def _place(report: Report, found: re.Match[str]) -> Report:
    report.lat, report.lon = minutes(found["lat"], found["ns"]), minutes(found["lon"], found["ew"])
    report.kmh(number(found["speed"]) or 0)
    report.course(number(found["course"]) or 0)
    return report


def _fixed(found: re.Match[str]) -> Report:
    clock = found["time"]
    report = _place(Report(at=ymd_hms(clock[:6], clock[6:])), found)
    satellites = int(found["satellites"])
    report.valid = satellites >= 3
    report.attributes |= {
        "status": int(found["status"], 16), "satellites": satellites,
        "odometer_m": int(found["odometer"]) * 1000, "hdop": float(found["hdop"]),
        "power_mv": int(found["power"]) * 1000,
    }  # fmt: skip
    report.battery_mv = int(found["battery"]) * 100
    return report


PROTOCOL = Protocol(name="totem", title="Totem", cut=cut, decode=decode, encoding="text")
