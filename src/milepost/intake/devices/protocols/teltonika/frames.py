"""Teltonika's frames: the IMEI first, then packets with a checksum; datagrams carry both."""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Session
from milepost.intake.devices.protocols.teltonika.records import EXTENDED, OLD, read_records
from milepost.intake.devices.protocols.teltonika.sentences import read_sentences
from milepost.intake.devices.wire.checksums import crc16_ibm
from milepost.intake.devices.wire.cursor import Cursor

_PING = b"\xff"
_LONGEST = 65_536
_IMEI = re.compile(rb"\d{8,20}")
RECORDS, SENTENCES = {OLD, 0x08, EXTENDED, 0x10}, {0x0C, 0x0D, 0x0E}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """The next frame; bytes that can begin none are skipped."""
    while at < len(buffer):
        if buffer[at : at + 1] == _PING:
            return at, at + 1
        if len(buffer) - at < 8:
            length = int.from_bytes(buffer[at : at + 2], "big")
            # A login shorter than the head of a packet, all there already.
            return (at, at + 2 + length) if 0 < length <= len(buffer) - at - 2 else None
        end = _end(buffer, at)
        if end is not None:
            return (at, end) if end <= len(buffer) else None
        at += 1
    return None


def _end(buffer: bytes, at: int) -> int | None:
    """Where the frame ends that begins here; None: none does."""
    length = int.from_bytes(buffer[at : at + 2], "big")
    if length:
        return at + 2 + length if length <= _LONGEST and not _too_long(buffer, at, length) else None
    size = int.from_bytes(buffer[at + 4 : at + 8], "big")
    return at + 12 + size if size <= _LONGEST and buffer[at + 2 : at + 4] == b"\0\0" else None


def _too_long(buffer: bytes, at: int, length: int) -> bool:
    """A login's length is an IMEI's; a datagram's may be anything."""
    return length > 20 and buffer[at + 4 : at + 5] not in (b"\x01", b"\x00")


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    if frame == _PING:
        return Outcome(kind="ping")
    cursor = Cursor(frame)
    length = cursor.u16()
    if length and _IMEI.fullmatch(frame[2 : 2 + length]):
        imei = frame[2 : 2 + length].decode()
        return Outcome(
            kind="login", identity=Identity(imei, "login"), replies=[b"\x01"], refusal=b"\x00"
        )
    return _datagram(cursor, session) if length else _packet(frame, session)


def _packet(frame: bytes, session: Session) -> Outcome:
    cursor = Cursor(frame, 4)
    size = cursor.u32()
    fault = None
    if size and size + 12 != len(frame):
        fault = f"truncated: {size} bytes announced, {len(frame) - 12} are there"
    elif crc16_ibm(frame[8:-4]) != int.from_bytes(frame[-4:], "big"):
        fault = "broken checksum"
    if fault and session.strict:
        raise FrameError(fault)
    outcome = _data(Cursor(frame, 8, max(8, len(frame) - 4)), session)
    outcome.fault = outcome.fault or fault
    if outcome.kind.startswith("codec 8") or outcome.kind.startswith("codec 16"):
        # Fewer accepted than sent makes the terminal send all of them again.
        accepted = 0 if outcome.fault else session.notes.get("count", 0)
        outcome.replies.append(accepted.to_bytes(4, "big"))
        outcome.refusal = bytes(4)
    return outcome


def _datagram(cursor: Cursor, session: Session) -> Outcome:
    packet = cursor.u16()
    cursor.skip(1)
    number, size = cursor.u8(), cursor.u16()
    imei = cursor.take(size)
    if not _IMEI.fullmatch(imei):
        raise FrameError("no frame: neither a login nor a datagram with an IMEI")
    outcome = _data(cursor, session)
    outcome.identity = Identity(imei.decode())
    head = b"\x00\x05" + packet.to_bytes(2, "big") + b"\x01" + bytes((number,))
    if outcome.fault is None:
        outcome.replies.append(head + bytes((session.notes.get("count", 0),)))
    return outcome


def _data(cursor: Cursor, session: Session) -> Outcome:
    codec, count = cursor.u8(), cursor.u8()
    session.notes["count"] = count
    if codec in RECORDS:
        outcome = Outcome(kind=f"codec {'8E' if codec == EXTENDED else codec}")
        reports, outcome.fault = read_records(codec, count, cursor)
        outcome.reports = reports
        return outcome
    if codec in SENTENCES:
        outcome = Outcome(kind=f"codec {codec}")
        read_sentences(codec, count, cursor, outcome)
        return outcome
    raise FrameError(f"unknown codec 0x{codec:02x}")
