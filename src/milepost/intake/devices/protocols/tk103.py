"""TK103 (Xexun TK103, Eelink and look-alikes): `(087073803649BR00...)`.

Source: "GPS/GPRS protocol for TK103" of its makers. Times are UTC; the compact form writes the
date with the year first, the form with commas with the day first.
"""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import dmy_hms, ymd_hms
from milepost.intake.devices.wire.places import minutes
from milepost.intake.devices.wire.text import number, sentence, whole

_HEAD = re.compile(
    r"\(?(?:(?P<plain>[^,()]+),(?P<kind>[A-Z0-9]{4})\b"
    r"|(?P<tight>\d{10,15}?|[0-9A-Z]{12}(?=B[A-Z]\d\d))(?P<code>[A-Z]{2}[0-9A-Z]{2}))"
)
_FIX = re.compile(
    r"(?P<date>\d{6}),?(?P<valid>[AV]),?\s*(?P<lat>\d*\d\d\.\d+)(?P<ns>[NS]),?"
    r"\s*(?P<lon>\d*\d\d\.\d+)(?P<ew>[EW]),?(?P<rest>.*)",
    re.DOTALL,
)
_TAIL = re.compile(
    r"(?P<course>[\d. ]{6}|\d\d),?(?P<charge>[01])(?P<ignition>[01])[0-9A-F]{3}"
    r"(?P<fuel>[0-9A-F]{3})L(?P<odometer>[0-9A-F]+)"
)
_TEMPERATURE = re.compile(r"[+-]\d{3}\.\d")
_ALARM = re.compile(r",ALARM,(\d),")
_DATED = re.compile(r"(\d{6}),(\d{6})\)?$")
_ALARMS = {
    1: "collision", 2: "sos", 3: "vibration", 4: "low_speed", 5: "overspeed", 6: "geofence_exit",
}  # fmt: skip
# By the last two characters of the newer commands: DW31 and DW51 say the same, as ZC11 does.
_EVENTS = {
    "ZC11": "movement", "DW31": "movement", "DW51": "movement", "ZC12": "low_battery",
    "DW32": "low_battery", "DW52": "low_battery", "ZC13": "power_cut", "DW33": "power_cut",
    "DW53": "power_cut", "ZC17": "tampering", "DW37": "tampering", "DW57": "tampering",
    "ZC25": "sos", "DW3E": "sos", "DW5E": "sos", "ZC26": "tampering", "DW3F": "tampering",
    "DW5F": "tampering", "ZC27": "low_power", "DW40": "low_power", "DW60": "low_power",
}  # fmt: skip
_IGNITION = {
    "ZC15": True, "DW35": True, "DW55": True, "ZC29": True, "DW42": True, "DW62": True,
    "ZC16": False, "DW36": False, "DW56": False,
}  # fmt: skip
_LEVELS = {2: 10, 3: 20, 4: 50, 5: 80, 6: 100}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """From `(` to `)`; between two `$` a `)` is text."""
    start = buffer.find(b"(", at)
    stop = start
    while start >= 0:
        stop = buffer.find(b")", stop + 1)
        if stop < 0:
            return None
        if buffer.count(b"$", start, stop) % 2 == 0:
            return start, stop + 1
    return None


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    text = sentence(frame)
    head = _HEAD.match(text)
    if head is None:
        raise FrameError("no frame: neither an identity nor a command")
    name, kind = head["plain"] or head["tight"], head["kind"] or head["code"]
    outcome = Outcome(kind=kind, identity=Identity(name))
    body = text[head.end() :]
    fix = _FIX.search(body)
    if fix is not None:
        outcome.reports.append(_position(fix, kind, body, comma=head["plain"] is not None))
    else:
        _other(kind, body.strip(",()"), outcome)
    if kind == "BP00":
        outcome.identity = Identity(name, "login")
        outcome.replies.append(f"({name}AP01HSO)".encode("latin-1"))
    elif kind == "BP05":
        outcome.identity = Identity(name, "login")
        outcome.replies.append(f"({name}AP05)".encode("latin-1"))
    return outcome


def _event(report: Report, kind: str, body: str) -> None:
    report.alarm(_EVENTS.get(kind))
    if kind in _IGNITION:
        report.attributes["ignition"] = _IGNITION[kind]
    found = _ALARM.search(body)
    if kind == "BO01" and body[:1].isdecimal():
        report.alarm_code(int(body[0]), _ALARMS)
    elif found is not None:
        report.alarm_code(int(found[1]), _ALARMS)


def _position(fix: re.Match[str], kind: str, body: str, *, comma: bool) -> Report:
    report = Report(valid=fix["valid"] == "A")
    _event(report, kind, body)
    report.lat, report.lon = minutes(fix["lat"], fix["ns"]), minutes(fix["lon"], fix["ew"])
    rest = fix["rest"]
    if "," in rest[:8]:
        speed, clock, *more = [one.strip() for one in rest.rstrip(")").split(",")]
        report.course(number(more[0]) or 0 if more else 0)
    else:
        speed, clock, tail = rest[:5], rest[5:11], rest[11:]
        _tail(report, tail)
    report.kmh(number(speed) or 0)
    if fix["date"][2:4] != "00":
        report.at = dmy_hms(fix["date"], clock) if comma else ymd_hms(fix["date"], clock)
    elif not report.valid:
        report.lat = report.lon = None  # neither clock nor place are known yet
    return report


def _tail(report: Report, text: str) -> None:
    found = _TAIL.match(text)
    if found is None:
        report.course(number(text.rstrip(")")[:6]) or 0)
        return
    report.course(number(found["course"]) or 0)
    report.attributes |= {
        "charging": found["charge"] == "0", "ignition": found["ignition"] == "1",
        "fuel_raw": int(found["fuel"], 16), "odometer_m": int(found["odometer"], 16),
    }  # fmt: skip
    if (degrees := _TEMPERATURE.search(text, found.end())) is not None:
        report.celsius(float(degrees[0]))


def _other(kind: str, body: str, outcome: Outcome) -> None:
    report = Report()
    dated = _DATED.search(body)
    if dated is not None:
        report.at = dmy_hms(dated[1], dated[2])
    _event(report, kind, body)
    if kind == "ZC20":
        _battery(report, body)
    elif kind == "BV00":
        outcome.facts["vin"] = body[:17]
        return
    elif kind == "ZC03":
        outcome.facts["answer"] = body.partition("$")[2].strip("$")
        return
    elif kind in {"BZ00", "BP05"} or kind.startswith("DW5"):
        report.attributes["cells_only"] = True
    elif not report.attributes:
        return
    outcome.reports.append(report)


def _battery(report: Report, body: str) -> None:
    """Date, time, level, hundredths of a volt, tenths of a volt of the supply."""
    date, clock, level, battery, power = [*body.split(","), "", "", "", "", ""][:5]
    report.at = dmy_hms(date, clock)
    if (step := whole(level)) in _LEVELS:
        report.attributes["battery_percent"] = _LEVELS[step or 0]
    if (volts := whole(battery)) not in {None, 65535}:
        report.battery_mv = (volts or 0) * 10
    if (volts := whole(power)) not in {None, 65535}:
        report.attributes["power_mv"] = (volts or 0) * 100


PROTOCOL = Protocol(
    name="tk103", title="TK103", cut=cut, decode=decode, encoding="text", datagrams=True
)
