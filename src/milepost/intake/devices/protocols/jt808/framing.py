"""Frames of JT/T 808: delimiters, escapes, checksum."""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError
from milepost.intake.devices.wire.checksums import xor

STANDARD, ALTERNATIVE = 0x7E, 0xE7
_START = re.compile(rb"[\x7e\xe7(]")
_ESCAPES = {
    STANDARD: {b"\x7d\x01": b"\x7d", b"\x7d\x02": b"\x7e"},
    ALTERNATIVE: {
        b"\xe6\x01": b"\xe6", b"\xe6\x02": b"\xe7", b"\x3e\x01": b"\x3e", b"\x3e\x02": b"\x3d",
    },
}  # fmt: skip
_ESCAPED = {
    STANDARD: re.compile(rb"\x7d[\x01\x02]"),
    ALTERNATIVE: re.compile(rb"[\xe6\x3e][\x01\x02]"),
}
_SPECIAL = {STANDARD: re.compile(rb"[\x7d\x7e]"), ALTERNATIVE: re.compile(rb"[\xe6\xe7\x3e\x3d]")}
_ESCAPE = {
    mark: {plain: escaped for escaped, plain in pairs.items()} for mark, pairs in _ESCAPES.items()
}
_SHORTEST = 1 + 2 + 2 + 6 + 1 + 1 + 1


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """The next frame. Two delimiters side by side end one frame and begin another."""
    while (found := _START.search(buffer, at)) is not None:
        start = found.start()
        if buffer[start] == ord("("):
            stop = buffer.find(b")", start)
            return None if stop < 0 else (start, stop + 1)
        stop = buffer.find(buffer[start : start + 1], start + 1)
        if stop < 0:
            return None
        if stop + 1 - start >= _SHORTEST:
            return start, stop + 1
        at = stop  # too short for a frame: the end of one whose begin was lost
    return None


def unescape(frame: bytes) -> tuple[int, bytes, bool]:
    """(delimiter, content without checksum, whether the checksum holds) of a frame."""
    if len(frame) < _SHORTEST or frame[0] not in _ESCAPES or frame[-1] != frame[0]:
        raise FrameError("truncated: no frame between two delimiters")
    mark, inner = frame[0], frame[1:-1]
    content = _ESCAPED[mark].sub(lambda found: _ESCAPES[mark][found.group()], inner)
    if not _sound(content) and _plain(inner):
        # Logs and gateways hand on frames whose escapes are undone already.
        content = inner
    return mark, content[:-1], _sound(content)


def _sound(content: bytes) -> bool:
    return xor(content[:-1]) == content[-1]


def _plain(inner: bytes) -> bool:
    """Whether it is a frame as it stands: its checksum holds, or its length is the header's."""
    properties = int.from_bytes(inner[2:4], "big")
    head = 17 if properties & 0x4000 else 12
    head += 4 if properties & 0x2000 else 0
    return _sound(inner) or head + (properties & 0x3FF) + 1 == len(inner)


def escape(content: bytes, mark: int = STANDARD) -> bytes:
    """A frame of some content: checksum, escapes, delimiters."""
    content += bytes((xor(content),))
    escaped = _SPECIAL[mark].sub(lambda found: _ESCAPE[mark][found.group()], content)
    return bytes((mark,)) + escaped + bytes((mark,))
