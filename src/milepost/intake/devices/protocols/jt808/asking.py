"""Questions for the time, and answers in words."""

from __future__ import annotations

from datetime import UTC
from struct import pack

from milepost.intake.devices.protocol import Identity, Outcome, Session
from milepost.intake.devices.protocols.jt808 import header as heads
from milepost.intake.devices.protocols.jt808.handler import Handler
from milepost.intake.devices.protocols.jt808.header import Header
from milepost.intake.devices.wire.cursor import Cursor


def time(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0109 of makers: the terminal asks what time it is."""
    now = session.received
    answer = pack(">HBBBBBB", now.year, now.month, now.day, now.hour, now.minute, now.second, 0)
    outcome.replies.append(heads.answer(header, 0x8109, answer))


def clock(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0004 of 2019: the terminal asks what time it is; told in UTC."""
    now = session.received.astimezone(UTC).strftime("%y%m%d%H%M%S")
    outcome.replies.append(heads.answer(header, 0x8004, bytes.fromhex(now)))


def text(offset: int, encoding: str) -> Handler:
    def read(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
        body.skip(offset)
        outcome.facts["answer"] = body.text(body.left, encoding)

    return read


def sentence(frame: bytes, session: Session) -> Outcome:
    """Padlocks also speak text: `(serial,1,001,BASE,2,TIME)`."""
    text = frame.decode("ascii", "replace")
    parts = text.strip("()").split(",")
    outcome = Outcome(kind="sentence", identity=Identity(parts[0]), facts={"answer": text})
    if "BASE,2" in text:
        now = session.received.strftime("%Y%m%d%H%M%S")
        outcome.replies.append(text.replace("TIME", now).encode())
    return outcome
