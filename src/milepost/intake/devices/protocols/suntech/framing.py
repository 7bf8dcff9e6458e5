"""How a stream of Suntech is cut into frames."""

from __future__ import annotations

ZIP = 0x02
UNIVERSAL = {0x81, 0x82}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Binary frames by their length, text to a carriage return that no line feed follows."""
    while at < len(buffer) and buffer[at : at + 1] in b"\r\n":
        at += 1
    if at >= len(buffer):
        return None
    if buffer[at] == ZIP or buffer[at] in UNIVERSAL:
        if len(buffer) - at < 3:
            return None
        end = at + 3 + int.from_bytes(buffer[at + 1 : at + 3], "big") + (buffer[at] == ZIP)
        return (at, end) if end <= len(buffer) else None
    stop = buffer.find(b"\r", at)
    while stop >= 0 and buffer[stop + 1 : stop + 2] == b"\n" and _open(buffer[at:stop]):
        stop = buffer.find(b"\r", stop + 1)
    return None if stop < 0 else (at, stop + 1)


def _open(text: bytes) -> bool:
    """Whether a line end is within the data of a serial line, which are passed on as they are."""
    return b"UEX;" in text[:12]
