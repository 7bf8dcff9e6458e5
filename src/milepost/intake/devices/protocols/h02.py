"""H02 (Sinotrack and many look-alikes): `*HQ,...#`, and binary frames that begin with `$`.

Source: "H02 protocol" of its makers. Times are UTC.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import dmy_hms
from milepost.intake.devices.wire.cursor import Cursor
from milepost.intake.devices.wire.places import minutes
from milepost.intake.devices.wire.text import field, fix_at, number, sentence, whole

_SHORT, _LONG = 32, 45
_STARTS = b"*$X"
# Cleared bits of the status are alarms.
_ALARMS = {0: "vibration", 1: "sos", 2: "overspeed", 18: "sos", 19: "power_cut"}
_CELLS = {"NBR", "LINK", "V3", "V5", "VP1"}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Text ends with `#`; a binary frame has 32 bytes, or 45 where no frame begins after 32."""
    while at < len(buffer) and buffer[at] not in _STARTS:
        at += 1
    if at >= len(buffer):
        return None
    if buffer[at : at + 1] == b"*":
        stop = buffer.find(b"#", at)
        return None if stop < 0 else (at, stop + 1)
    there = len(buffer) - at
    if there < _SHORT:
        return None
    if buffer[at : at + 1] == b"X" or there == _SHORT or buffer[at + _SHORT] in b"*$X\r\n":
        return at, at + _SHORT
    return (at, at + _LONG) if there >= _LONG else None


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    if frame.startswith(b"$"):
        return _binary(Cursor(frame), session)
    if frame.startswith(b"X"):
        return Outcome(kind="X")
    text = sentence(frame)
    if not text.startswith("*"):
        raise FrameError("no frame: it begins with neither * nor $")
    return _text(text, session)


def _status(report: Report, status: int) -> None:
    report.attributes |= {"status": status, "ignition": bool(status >> 10 & 1)}
    report.tells_alarms = True
    for bit, name in _ALARMS.items():
        report.alarm(None if status >> bit & 1 else name)


def _battery(report: Report, raw: int) -> None:
    """Levels 1 to 6, per cent, or 0xF1 to 0xF6."""
    level = raw - 0xF0 if 0xF1 <= raw <= 0xF6 else raw
    if 1 <= level <= 3:
        report.attributes["battery_percent"] = (level - 1) * 10
    elif level <= 6:
        report.attributes["battery_percent"] = max(level - 1, 0) * 20
    elif level <= 100:
        report.attributes["battery_percent"] = level


def _binary(cursor: Cursor, session: Session) -> Outcome:
    long_name = cursor.end == 42
    cursor.skip(1)
    name = cursor.hex(8)[:15] if long_name else cursor.hex(5)
    report = Report()
    clock, date, lat = cursor.hex(3), cursor.hex(3), cursor.hex(4)
    report.at = dmy_hms(date, clock)
    battery = cursor.u8()
    if battery:
        _battery(report, battery)
    lon, motion = cursor.hex(5), cursor.hex(3)
    if not (lat + lon[:9] + motion).isdecimal():
        raise FrameError(f"not decimal: {lat} {lon} {motion}")
    flags = int(lon[9], 16)
    report.valid = bool(flags & 2)
    north = int(lat[:2]) + int(lat[2:]) / 600_000
    east = int(lon[:3]) + int(lon[3:9]) / 600_000
    report.lat = north if flags & 4 else -north
    report.lon = east if flags & 8 else -east
    report.knots(int(motion[:3]))
    report.course(int(motion[3:]))
    _status(report, cursor.u32())
    return Outcome(kind="$", identity=Identity(name), reports=[report])


def _text(text: str, session: Session) -> Outcome:
    fields = text.strip("*#").split(",")
    maker, name, kind = fields[0], field(fields, 1), field(fields, 2)
    outcome = Outcome(kind=kind, identity=Identity(name) if name else None)
    index = fix_at(fields)
    if index is not None:
        outcome.reports.append(_position(fields, index, session.received))
    elif kind in _CELLS:
        outcome.reports.append(_cells(fields, kind))
    elif kind == "HTBT" and (level := whole(field(fields, 3))) is not None:
        outcome.reports.append(Report(attributes={"battery_percent": level}))
    elif kind == "SMS" or kind == "V4":
        outcome.facts["answer"] = ",".join(fields[3:])
    if name and kind in {"V1", "NBR", "LINK", "V5", "HTBT", "XT"}:
        now = session.received.strftime("%Y%m%d%H%M%S")
        known = "V1" if kind in {"V1", "NBR"} else kind
        outcome.replies.append(f"*{maker},{name},V4,{known},{now}#".encode("latin-1"))
    return outcome


def _degrees(text: str, hemisphere: str) -> float:
    text = text.strip()
    if "." not in text and len(text) >= 7:
        text = f"{text[:-4]}.{text[-4:]}"
    return minutes(text, hemisphere)


def _position(fields: list[str], index: int, received: datetime) -> Report:
    report = Report()
    valid, clock = field(fields, index - 2), field(fields, index - 3).partition(".")[0]
    report.valid = valid == "A" or valid.isdecimal()
    report.lat = _degrees(fields[index - 1], fields[index])
    report.lon = _degrees(fields[index + 1], fields[index + 2].strip())
    if (speed := number(field(fields, index + 3))) is not None:
        report.knots(speed)
    if (course := number(field(fields, index + 4))) is not None:
        report.course(course)
    rest = [one.strip() for one in fields[index + 5 :]]
    dates = [place for place, one in enumerate(rest[:2]) if len(one) == 6 and one.isdecimal()]
    after = dates[0] + 1 if dates else 1
    if dates and clock.isdecimal():
        report.at = dmy_hms(rest[dates[0]], clock)
    else:
        report.at = received  # some leave date and time out until they have a fix
        report.attributes["time_is_received"] = True
    _rest(report, rest, after)
    return report


def _rest(report: Report, rest: list[str], after: int) -> None:
    """The status word, and after it odometer, temperature, fuel, altitude where they are told."""
    for place in range(after, min(after + 5, len(rest))):
        status = whole(rest[place], 16) if len(rest[place]) == 8 else None
        if status is None:
            continue
        _status(report, status)
        extra = rest[place + 1 :]
        if len(extra) == 6 and "." in extra[2] and extra[0].isdecimal():
            report.attributes |= {"odometer_m": int(extra[0]), "fuel_level": float(extra[2])}
            report.celsius(float(extra[1]))
            report.altitude_m = int(extra[3])
        elif extra:
            report.attributes["more"] = ",".join(extra)
        return


def _cells(fields: list[str], kind: str) -> Report:
    """Cells in sight or a pedometer's heartbeat; the date stands before the status."""
    report = Report(attributes={"cells_only": True})
    clock = field(fields, 3)
    dates = [one for one in fields[-4:] if len(one) == 6 and one.isdecimal()]
    if dates and len(clock) == 6 and clock.isdecimal():
        with suppress(FrameError):  # a clock of 69 seconds: the cells are known all the same
            report.at = dmy_hms(dates[-1], clock)
    status = next((one for one in reversed(fields) if len(one) == 8), "")
    if (word := whole(status, 16)) is not None:
        _status(report, word)
    if kind == "LINK":
        for place, what in ((4, "rssi"), (5, "satellites"), (6, "battery_percent"), (7, "steps")):
            if (value := whole(field(fields, place))) is not None:
                report.attributes[what] = value
    return report


PROTOCOL = Protocol(
    name="h02", title="H02", cut=cut, decode=decode, encoding="text", datagrams=True
)
