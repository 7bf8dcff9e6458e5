"""WebP (RFC 9649) with the chunks that its picture needs, and no others. Of its EXIF only which
way is up stays.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from milepost.engine.evidence.exif import orientation, upright
from milepost.engine.evidence.faults import EvidenceError, check_size

_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH"}
_ALPHA, _EXIF = 0x10, 0x08  # of the flags of VP8X, those that may still hold


def cleaned(body: bytes) -> bytes:
    """Raises EvidenceError for what is no whole WebP, or moves."""
    kept: list[tuple[bytes, bytes]] = []
    turned = 1
    for name, data in _chunks(body):
        if name in (b"ANIM", b"ANMF"):
            raise EvidenceError("a picture may not move")
        if name in _KEPT:
            kept.append((name, data))
        elif name == b"EXIF":
            turned = orientation(data.removeprefix(b"Exif\x00\x00"))
    pictures = [data for name, data in kept if name in (b"VP8 ", b"VP8L")]
    if len(pictures) != 1 or len(pictures[0]) < 10:
        raise EvidenceError("the WebP has no picture in it")
    check_size(*_size(kept))
    said = turned != 1 and any(name == b"VP8X" for name, _ in kept)
    chunks = [(name, _plain(name, data, exif=said)) for name, data in kept]
    return _riff([*chunks, (b"EXIF", upright(turned))] if said else chunks)


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    end = 8 + struct.unpack("<I", body[4:8])[0]
    if end > len(body) or len(body) < 20:
        raise EvidenceError("the WebP ends before its picture does")
    at = 12
    while at + 8 <= end:
        (length,) = struct.unpack("<I", body[at + 4 : at + 8])
        if at + 8 + length > end:
            raise EvidenceError("the WebP is damaged")
        yield body[at : at + 4], body[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _size(chunks: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """Width and height as the picture itself has them."""
    name, data = next(one for one in chunks if one[0] in (b"VP8 ", b"VP8L"))
    if name == b"VP8L":
        if data[0] != 0x2F:
            raise EvidenceError("the WebP is damaged")
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[3:6] != b"\x9d\x01\x2a":
        raise EvidenceError("the WebP is damaged")
    width, height = struct.unpack("<HH", data[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _plain(name: bytes, data: bytes, *, exif: bool) -> bytes:
    """The head of the picture says no more than what is left in it."""
    if name != b"VP8X" or not data:
        return data
    return bytes([data[0] & _ALPHA | (_EXIF if exif else 0)]) + data[1:]


def _riff(chunks: list[tuple[bytes, bytes]]) -> bytes:
    parts = [
        name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)
        for name, data in chunks
    ]
    inside = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside
