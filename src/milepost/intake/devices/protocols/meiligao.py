"""Meiligao (GT60, VT300 and look-alikes): `$$` with binary head and an RMC sentence without name.

Source: Meiligao "GPRS communication protocol". Times are UTC.
"""

from __future__ import annotations

from struct import pack

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.wire.checksums import crc16_ccitt_false
from milepost.intake.devices.wire.cursor import Cursor
from milepost.intake.devices.wire.nmea import read_rmc
from milepost.intake.devices.wire.text import field, number

_LOGIN, _LOGGED_IN, _HEARTBEAT = 0x5000, 0x4000, 0x0001
_POSITION, _ALARM = {0x9955, 0x9016, 0x0003}, 0x9999
_ALARMS = {
    0x01: "sos", 0x10: "low_battery", 0x11: "overspeed", 0x12: "movement", 0x13: "geofence",
    0x14: "power_on", 0x15: "gnss_antenna_cut", 0x50: "power_cut", 0x53: "geofence",
    0x60: "fatigue_driving", 0x71: "braking", 0x72: "acceleration", 0x73: "idle",
}  # fmt: skip


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Its length, after `$$`, counts the whole frame with its line end."""
    while (start := buffer.find(b"$$", at)) >= 0:
        if len(buffer) - start < 4:
            return None
        end = start + int.from_bytes(buffer[start + 2 : start + 4], "big")
        if end - start < 17 or end - start > 4096:
            at = start + 1
            continue
        return (start, end) if end <= len(buffer) else None
    return None


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    if not frame.startswith(b"$$") or len(frame) < 17:
        raise FrameError("no frame: $$ and a length expected")
    sound = crc16_ccitt_false(frame[:-4]) == int.from_bytes(frame[-4:-2], "big")
    if not sound and session.strict:
        raise FrameError("broken checksum")
    cursor = Cursor(frame, 4, len(frame) - 4)
    raw = cursor.take(7)
    name, kind = raw.hex().rstrip("f"), cursor.u16()
    outcome = Outcome(kind=f"0x{kind:04x}", identity=Identity(name))
    outcome.fault = None if sound else "broken checksum"
    if kind == _LOGIN:
        outcome.identity = Identity(name, "login")
        outcome.replies.append(_message(raw, _LOGGED_IN, b"\x01"))
        outcome.refusal = _message(raw, _LOGGED_IN, b"\x00")
    elif kind == _HEARTBEAT:
        outcome.replies.append(_message(raw, _HEARTBEAT, b"\x01"))
    elif kind in _POSITION or kind == _ALARM:
        _position(cursor, kind, outcome)
    return outcome


def _message(raw: bytes, kind: int, body: bytes) -> bytes:
    head = b"@@" + pack(">H", 17 + len(body)) + raw + pack(">H", kind) + body
    return head + pack(">H", crc16_ccitt_false(head)) + b"\r\n"


def _position(cursor: Cursor, kind: int, outcome: Outcome) -> None:
    alarm = cursor.u8() if kind == _ALARM else None
    text = cursor.rest().decode("latin-1")
    found = read_rmc(text)
    if found is None:
        outcome.fault = outcome.fault or "no position in it"
        return
    report, end = found
    if alarm is not None:
        report.alarm_code(alarm, _ALARMS, ())
    parts = text[end:].split("|")
    if (hdop := number(field(parts, 1))) is not None:
        report.attributes["hdop"] = hdop
    if (altitude := number(field(parts, 2))) is not None:
        report.altitude_m = round(altitude)
    outcome.reports.append(report)


PROTOCOL = Protocol(name="meiligao", title="Meiligao", cut=cut, decode=decode, datagrams=True)
