"""The messages of GT06: what each means and what it is answered with."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Session
from milepost.intake.devices.protocols.gt06.framing import unwrap, wrap
from milepost.intake.devices.protocols.gt06.location import (
    FIX_BYTES,
    read_fix,
    read_status,
    skip_cell,
)
from milepost.intake.devices.protocols.gt06.message import Message
from milepost.intake.devices.protocols.gt06.others import cells, reader
from milepost.intake.devices.protocols.gt06.tails import read_tail
from milepost.intake.devices.protocols.gt06.variants import Layout, layout, special
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.cursor import Cursor

LOGIN, STATUS, HEARTBEAT, ADDRESS, TIME = 0x01, 0x13, 0x23, 0x2A, 0x8A
# Answers to our own commands.
_COMMANDS = {0x80, 0x81, 0x82, 0x15, 0x21}
# Numbers that mean something else in the long form.
_LONG_DIFFERS = {0x32, 0x33, 0x34, 0x36}


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    long, content, serial, fault = unwrap(frame)
    if fault and session.strict:
        raise FrameError(fault)
    if not content:
        raise FrameError("no message number")
    message, body = content[0], Cursor(content, 1)
    zone: tzinfo = session.notes.get("zone", UTC)
    outcome = Outcome(kind=f"0x{message:02x}", fault=fault)
    one = Message(message, long, len(content) + 4, serial, zone, session.received)
    if message == LOGIN:
        _login(one, body, outcome, session)
    elif message == STATUS:
        _heartbeat(one, body, outcome)
    else:
        _other(one, body, outcome)
    return outcome


def _login(one: Message, body: Cursor, outcome: Outcome, session: Session) -> None:
    """The IMEI in eight BCD bytes; newer terminals add their kind and time zone."""
    imei = body.hex(8)[1:]
    if not imei.isdecimal():
        raise FrameError(f"no IMEI: {imei}")
    outcome.identity = Identity(imei, "login")
    if body.left >= 4:
        outcome.facts["model"] = body.u16()
        session.notes["zone"] = _zone(body.u16())
    outcome.replies.append(wrap(LOGIN, one.serial))


def _zone(bits: int) -> tzinfo:
    """Twelve bits of hours × 100 and minutes, then a bit for west."""
    ahead = timedelta(hours=(bits >> 4) // 100, minutes=(bits >> 4) % 100)
    return timezone(-ahead if bits & 8 else ahead) if ahead < timedelta(hours=24) else UTC


def _heartbeat(one: Message, body: Cursor, outcome: Outcome) -> None:
    report = Report()
    read_status(report, body)
    if one.length == 0x13 and body.left >= 9:  # adapters tell their voltage
        body.skip(4)
        report.attributes["power_mv"] = body.u16() * 10
    outcome.reports.append(report)
    outcome.replies.append(wrap(one.number, one.serial))


def _other(one: Message, body: Cursor, outcome: Outcome) -> None:
    own = None if one.long else special(one.number, one.length)
    read = None if own else reader(one)
    if read is not None:
        read(one, body, outcome)
    elif form := own or _usual(one):
        outcome.reports.append(_position(one, form, body, outcome))
    if not outcome.replies and one.number not in _COMMANDS:
        outcome.replies.append(wrap(one.number, one.serial, long=one.long))


def _usual(one: Message) -> Layout | None:
    return None if one.long and one.number in _LONG_DIFFERS else layout(one.number, one.length)


def _position(one: Message, form: Layout, body: Cursor, outcome: Outcome) -> Report:
    report = Report()
    if one.number == 0x61:
        outcome.identity = Identity(body.hex(8)[1:])
    elif one.number in {0x22, 0x25} and _names_imei(body.peek(15)[1:]):
        body.skip(1)
        outcome.identity = Identity(body.hex(8)[1:])
        body.skip(6)
    elif one.number == 0x12 and _names_imei(body.peek(14)):
        outcome.identity = Identity(body.hex(8)[1:])
    if one.number == 0x11 and body.left < FIX_BYTES:  # with some makers, only cells
        return cells(one, body)
    read_fix(report, body, one.zone)
    try:
        if body.left > 2:
            skip_cell(body, form)
        if form.status and body.left:
            read_status(report, body)
        read_tail(report, body, form)
    except FrameError:
        report.attributes["unread_tail"] = True
    return report


def _names_imei(head: bytes) -> bool:
    """Some put their IMEI first: BCD with a leading zero, then a time."""
    digits = head[:8].hex()
    if len(head) < 14 or not digits.isdecimal() or not digits.startswith("0"):
        return False
    _, month, day, hour, minute, second = head[8:14]
    plausible = 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60
    return plausible and int(digits) > 10**13
