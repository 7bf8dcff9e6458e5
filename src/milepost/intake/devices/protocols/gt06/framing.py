"""Frames of GT06: 78 78 with one byte of length, 79 79 with two, 0D 0A at the end."""

from __future__ import annotations

from struct import pack

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.wire.checksums import crc16_x25

_TAIL = b"\r\n"
# Messages whose length byte counts access points instead, and which have no checksum.
_LENGTHS_LIE = {0x17, 0x69}

# Positions that look-alikes send without the serial and checksum that end all others.
_BARE = {0x10, 0x11}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """The next frame; by its length where that leads to a tail, else by the next tail."""
    start = _start(buffer, at)
    if start is None or len(buffer) - start < 5:
        return None
    head = 3 if buffer[start] == 0x78 else 4
    length = int.from_bytes(buffer[start + 2 : start + head], "big")
    end = start + head + length + 2
    if end <= len(buffer) and buffer[end - 2 : end] == _TAIL:
        return start, end
    if end > len(buffer):
        return None
    tail = buffer.find(_TAIL, start + head)
    return None if tail < 0 else (start, tail + 2)


def _start(buffer: bytes, at: int) -> int | None:
    found = [one for mark in (b"xx", b"yy") if (one := buffer.find(mark, at)) >= 0]
    return min(found) if found else None


def unwrap(frame: bytes) -> tuple[bool, bytes, int, str | None]:
    """(long form, content from the message number to before the serial, serial, what is wrong).

    Raises FrameError where it is no frame at all.
    """
    if len(frame) < 5 or frame[:2] not in (b"xx", b"yy"):
        raise FrameError("no frame: it begins with neither 78 78 nor 79 79")
    long = frame[0] == 0x79
    head = 4 if long else 3
    if len(frame) < head + 1:
        raise FrameError("truncated: no message number")
    length = int.from_bytes(frame[2:head], "big")
    body = frame[head:].removesuffix(b"\n").removesuffix(b"\r")
    if frame[head] in _LENGTHS_LIE and length != len(body):
        return long, body, 0, None
    if frame[head] in _BARE and len(body) == length + 1:
        return long, body, 0, "truncated: neither serial nor checksum"
    if len(body) < 5:
        return long, body[:-4] if len(body) > 4 else body, 0, None if length <= 1 else "truncated"
    content, serial = body[:-4], int.from_bytes(body[-4:-2], "big")
    if length and len(body) != length:
        return long, content, serial, f"truncated: {length} bytes announced, {len(body)} are there"
    if crc16_x25(frame[2 : head + len(body) - 2]) != int.from_bytes(body[-2:], "big"):
        return long, content, serial, "broken checksum"
    return long, content, serial, None


def wrap(message: int, serial: int, content: bytes = b"", *, long: bool = False) -> bytes:
    """A message to the terminal."""
    length = 5 + len(content)
    inner = pack(">H" if long else ">B", length) + bytes((message,)) + content + pack(">H", serial)
    return (b"yy" if long else b"xx") + inner + pack(">H", crc16_x25(inner)) + _TAIL
