"""The messages of JT/T 808: what each means and what it is answered with."""

from __future__ import annotations

from milepost.intake.devices.protocol import FrameError, Outcome, Session
from milepost.intake.devices.protocols.jt808 import asking, media, positions, signing
from milepost.intake.devices.protocols.jt808 import header as heads
from milepost.intake.devices.protocols.jt808.framing import unescape
from milepost.intake.devices.protocols.jt808.handler import Handler
from milepost.intake.devices.protocols.jt808.header import Header, general, read_header
from milepost.intake.devices.protocols.jt808.parts import ANSWERED, body_of, opened, part_of
from milepost.intake.devices.wire.cursor import Cursor


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    if frame.startswith(b"("):
        return asking.sentence(frame, session)
    mark, content, sound = unescape(frame)
    cursor = Cursor(content)
    header = read_header(mark, cursor)
    fault = _fault(header, cursor, sound)
    if fault and session.strict:
        raise FrameError(fault)
    header = header._replace(answering=session.notes.get(ANSWERED, 0))
    outcome = Outcome(kind=f"0x{header.message:04x}", identity=header.identity, fault=fault)
    if header.parts > 1:
        _part(header, frame, outcome)
    else:
        _handle(header, Cursor(cursor.rest()), outcome, session)
        session.notes[ANSWERED] = header.answering + len(outcome.replies) & 0xFFFF
    return outcome


def whole(frames: dict[int, bytes], last: int, session: Session) -> Outcome:
    """A message out of its parts, as one; the answer names the part that came last."""
    header, _ = opened(frames[last], session)
    kind = f"0x{header.message:04x} in {header.parts} parts"
    outcome = Outcome(kind=kind, identity=header.identity)
    body = body_of(frames, session)
    _handle(header._replace(parts=1, part=1), Cursor(body), outcome, session)
    session.notes[ANSWERED] = header.answering + len(outcome.replies) & 0xFFFF
    return outcome


def _part(header: Header, frame: bytes, outcome: Outcome) -> None:
    """A piece of a message. It is not answered: the whole is, or what is missing is asked for."""
    outcome.kind += f" part {header.part} of {header.parts}"
    outcome.refusal = general(header, heads.FAILED)
    outcome.unreadable = general(header, heads.WRONG)
    try:
        outcome.part = part_of(header, frame)
    except FrameError as fault:
        outcome.fault = str(fault)


def _fault(header: Header, cursor: Cursor, sound: bool) -> str | None:
    if not sound:
        return "broken checksum"
    if header.body_bytes is not None and header.body_bytes > cursor.left:
        return f"truncated: a body of {header.body_bytes} bytes, {cursor.left} are there"
    if header.encrypted:
        return "encrypted bodies are not read"
    return None


def _handle(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    handler = HANDLERS.get(header.message)
    try:
        if handler is not None:
            handler(header, body, outcome, session)
    except FrameError as fault:
        outcome.fault = outcome.fault or str(fault)
    if header.message != REGISTER:
        outcome.refusal = general(header, heads.FAILED)
        outcome.unreadable = general(header, heads.WRONG)
        if header.message not in UNANSWERED and not outcome.replies:
            outcome.replies.append(general(header))


REGISTER = 0x0100
# The terminal's own answers are not answered, and padlocks ask for an answer themselves.
UNANSWERED = {0x0001, 0x0104, 0x0107, heads.PADLOCK_REPORT, heads.PADLOCK_BLIND}
HANDLERS: dict[int, Handler] = {
    REGISTER: signing.register, 0x0102: signing.authenticate, 0x0002: signing.heartbeat,
    0x0107: signing.attributes,
    0x0004: asking.clock, 0x0109: asking.time, 0x0701: asking.text(4, "gbk"),
    0x1300: asking.text(2, "utf-16-be"), 0x6006: asking.text(1, "gbk"),
    0x0200: positions.position, 0x0201: positions.answered_position,
    0x0210: positions.short_batch, 0x0500: positions.answered_position, 0x0702: positions.driver,
    0x0704: positions.batch, 0x0900: positions.transparent, 0x2070: positions.acceleration,
    heads.PADLOCK_REPORT: positions.padlock, heads.PADLOCK_BLIND: positions.padlock,
    0x0801: media.media,
}  # fmt: skip
