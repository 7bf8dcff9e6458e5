"""GPS103 (Coban and look-alikes): `imei:...,tracker,...;`.

Source: "Coban GPS tracker protocol". A position has the local date and time and the UTC time, so
that the offset follows from the two.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from milepost.domain.telemetry import RfidRead
from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import dmy_hms, moment
from milepost.intake.devices.wire.places import minutes
from milepost.intake.devices.wire.text import field, number, sentence, whole

_ALARMS = {
    "help me": "sos", "low battery": "low_battery", "stockade": "geofence", "move": "movement",
    "speed": "overspeed", "door alarm": "door", "ac alarm": "power_cut",
    "accident alarm": "collision", "sensor alarm": "vibration", "bonnet alarm": "bonnet",
    "footbrake alarm": "foot_brake", "dtc": "fault", "acc alarm": "illegal_ignition",
}  # fmt: skip
_LONGEST = 40
_IMEI = re.compile(r"imei:(\d+)")
_HEARTBEAT = re.compile(r"\d{10,16}$")
_START = re.compile(rb"imei:|##|\d")


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Frames end with `;`, `*` or a line end; a heartbeat is the bare IMEI and its line end."""
    found = _START.search(buffer, at)
    if found is None:
        return None
    start = found.start()
    stops = [stop for mark in b";*\r\n" if (stop := buffer.find(bytes((mark,)), start)) >= 0]
    return (start, min(stops) + 1) if stops else None


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    text = sentence(frame).rstrip(";")
    found = _IMEI.search(text)
    if found is None:
        if not _HEARTBEAT.match(text):
            raise FrameError("no frame: it names no IMEI")
        return Outcome(kind="heartbeat", identity=Identity(text), replies=[b"ON"])
    outcome = Outcome(identity=Identity(found[1]))
    if len(text) <= 30:
        outcome.kind, outcome.identity = "login", Identity(found[1], "login")
        outcome.replies.append(b"LOAD")
        return outcome
    fields = [one.strip() for one in text[found.start() :].split(",")]
    outcome.kind = field(fields, 1)
    _read(fields, outcome, session)
    if outcome.kind == "help me":
        outcome.replies.append(f"**,imei:{found[1]},E;".encode())
    return outcome


def _read(fields: list[str], outcome: Outcome, session: Session) -> None:
    kind = outcome.kind
    if kind == "vr":  # a piece of a picture
        return
    if kind.startswith("OBD"):
        _diagnosis(fields, outcome)
    elif fields[-1].endswith("*"):
        outcome.reports.append(_alternative(fields))
    else:
        report = Report()
        _event(report, fields, outcome, session)
        index = next((at for at in range(4, len(fields) - 3)
                      if fields[at] == "F" and fields[at + 2] in {"A", "V"}), None)  # fmt: skip
        if index is not None:
            _position(report, fields, index)
        outcome.reports.append(report)


def _event(report: Report, fields: list[str], outcome: Outcome, session: Session) -> None:
    kind = outcome.kind
    report.alarm(_alarm(kind))
    if kind in {"acc on", "acc off"}:
        report.attributes["ignition"] = kind == "acc on"
    elif kind.startswith("T:"):
        report.alarm("temperature")
        if (degrees := number(kind[2:])) is not None:
            report.celsius(degrees)
    elif kind.startswith("oil"):
        report.alarm("fuel_leak")
        if (level := number(kind[3:])) is not None:
            report.attributes["fuel_level"] = level
    elif kind == "rfid" and field(fields, 3):
        tag = fields[3]
        report.attributes["driver"] = tag
        outcome.rfid.append(RfidRead("card", tag, int(session.received.timestamp() * 1e6)))
    elif kind.lower() not in _ALARMS and kind != "tracker":
        report.attributes["event"] = kind


def _alarm(keyword: str) -> str | None:
    """An alarm by its keyword; one that the table lacks goes by the keyword itself."""
    lower = keyword.lower()
    return _ALARMS.get(lower) or (lower[:_LONGEST] if lower.endswith("alarm") else None)


def _time(local: str, utc: str) -> tuple[datetime | None, bool]:
    """The instant, and whether its offset was told."""
    digits = re.sub(r"\D", "", local)
    if len(digits) not in {10, 12}:
        return None, False
    parts = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    year, month, day, hours, minute_ = parts[:5]
    stated = moment(year, month, day, hours, minute_)
    clock = utc.partition(".")[0]
    if len(clock) != 6 or not clock.isdecimal():
        return stated + timedelta(seconds=parts[5] if len(parts) > 5 else 0), False
    hour, minute, second = int(clock[:2]), int(clock[2:4]), int(clock[4:])
    ahead = (parts[3] - hour) * 60 + parts[4] - minute
    ahead += 1440 if ahead <= -720 else -1440 if ahead > 720 else 0
    return stated - timedelta(minutes=ahead) + timedelta(seconds=second), True


def _position(report: Report, fields: list[str], index: int) -> None:
    report.at, zoned = _time(field(fields, 2), fields[index + 1])
    if not zoned:
        report.attributes["zone_unknown"] = True
    report.valid = fields[index + 2] == "A"
    at = index + 3
    if fields[at] in {"N", "S"}:  # some put the letters before the figures
        lat, north, east, lon = fields[at + 1], fields[at], fields[at + 2], field(fields, at + 3)
    else:
        lat, north, lon, east = fields[at], fields[at + 1], fields[at + 2], field(fields, at + 3)
    report.lat, report.lon = minutes(lat, north), minutes(lon, east)
    if not north or not east:
        # Half of the earth is in doubt then.
        report.valid, report.attributes["hemisphere_missing"] = False, True
    _rest(report, fields[at + 4 :])


def _rest(report: Report, rest: list[str]) -> None:
    """Speed, course, altitude, ignition, door, two fuel levels, temperature."""
    report.knots(number(field(rest, 0)) or 0)
    report.course(number(field(rest, 1)) or 0)
    if (altitude := number(field(rest, 2))) is not None:
        report.altitude_m = round(altitude)
    for place, name in ((3, "ignition"), (4, "door_open")):
        if field(rest, place) in {"0", "1"}:
            report.attributes[name] = rest[place] == "1"
    for place in (5, 6):
        level = field(rest, place)
        if level.endswith("%") and (share := number(level[:-1])) is not None:
            report.attributes[f"fuel_{place - 4}_percent"] = share
    degrees = field(rest, 7)
    if degrees[:1] in {"+", "-"} and (value := number(degrees)) is not None:
        report.celsius(value)


def _diagnosis(fields: list[str], outcome: Outcome) -> None:
    digits = field(fields, 2)
    if not any(number(field(fields, place).rstrip("%")) for place in (3, 8, 10, 11, 12)):
        return  # an adapter that is plugged into nothing
    report = Report()
    if len(digits) == 12:
        # Its clock is the local one, and nothing tells which.
        report.attributes["clock"] = digits
    names = {
        3: "odometer_km", 7: "vehicle_speed_kmh", 8: "engine_load", 9: "coolant_temperature_c",
        10: "throttle", 11: "engine_rpm", 12: "power_v",
    }  # fmt: skip
    for place, name in names.items():
        value = field(fields, place).rstrip("%")
        if (found := number(value)) is not None:
            report.attributes[name] = found
    codes = [one for one in fields[13:] if one]
    if codes:
        report.attributes["trouble_codes"] = " ".join(codes)
    outcome.reports.append(report)


def _alternative(fields: list[str]) -> Report:
    """Name, event, sensor, volts, time, date, signal, fix, decimal degrees, ..."""
    if len(fields) < 18:
        raise FrameError(f"truncated: {len(fields)} fields of 18")
    report = Report(at=dmy_hms(fields[6], fields[5]), valid=(whole(fields[8]) or 0) > 0)
    report.lat, report.lon = float(fields[9]), float(fields[10])
    report.kmh(number(fields[11]) or 0)
    report.course(number(fields[12]) or 0)
    report.altitude_m = whole(fields[13])
    report.attributes |= {
        "rssi": whole(fields[7]) or 0, "hdop": number(fields[14]) or 0,
        "satellites": whole(fields[15]) or 0, "ignition": fields[16] == "1",
        "charging": fields[17] == "1",
    }  # fmt: skip
    if fields[2].strip("-"):
        report.attributes["event"] = fields[2]
    return report


PROTOCOL = Protocol(
    name="gps103", title="GPS103", cut=cut, decode=decode, encoding="text", datagrams=True
)
