"""How streams are cut into frames."""

from __future__ import annotations

from milepost.intake.devices.protocol import Cut


def between(start: bytes, end: bytes) -> Cut:
    """Frames that begin with `start` and end with `end`; what stands between frames is skipped."""

    def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
        begin = buffer.find(start, at)
        if begin < 0:
            return None
        stop = buffer.find(end, begin + len(start))
        return None if stop < 0 else (begin, stop + len(end))

    return cut


def ending(*ends: bytes) -> Cut:
    """Frames that end with one of these, whichever comes first; blanks before them are skipped."""

    def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
        while at < len(buffer) and buffer[at : at + 1] in b"\r\n\0 ":
            at += 1
        found = [(stop, len(end)) for end in ends if (stop := buffer.find(end, at)) >= 0]
        if not found:
            return None
        stop, length = min(found)
        return at, stop + length

    return cut


def whole(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Everything that is there is one frame: datagrams and HTTP bodies."""
    return (at, len(buffer)) if at < len(buffer) else None


def frames(cut: Cut, buffer: bytes) -> tuple[list[bytes], int]:
    """All whole frames of a buffer, and how many of its bytes they and junk before them took."""
    found: list[bytes] = []
    at = 0
    while (span := cut(buffer, at)) is not None:
        start, end = span
        if end > start:
            found.append(buffer[start:end])
        at = max(end, at + 1)
    return found, at
