"""JPEG (ITU-T T.81) without its metadata: EXIF with the position, thumbnails, comments, XMP.

The picture's own bytes are not touched. Which way is up stays, as the only tag of a new EXIF.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from milepost.engine.evidence.exif import orientation, upright
from milepost.engine.evidence.faults import EvidenceError, check_size

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APP0, _APP1, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xEE, 0xEF, 0xFE
_SCAN, _END = 0xDA, 0xD9


def cleaned(body: bytes) -> bytes:
    """Raises EvidenceError for what is no whole JPEG."""
    kept: list[bytes] = [b"\xff\xd8"]
    turned = 1
    framed = scanned = False
    for marker, segment in _segments(body):
        if marker in _FRAMES:
            framed = True
            _check_frame(segment)
        if marker == _APP1 and segment[4:10] == b"Exif\x00\x00":
            turned = orientation(segment[10:])
        elif marker == _APP0 and segment[4:9] == b"JFIF\x00":
            # Without its thumbnail.
            kept.append(b"\xff\xe0\x00\x10" + segment[4:16] + b"\x00\x00")
        elif not (_APP0 <= marker <= _APP15 or marker == _COMMENT) or marker == _APP14:
            kept.append(segment)
        scanned |= marker == _SCAN
    if not framed or not scanned:
        raise EvidenceError("the JPEG has no picture in it")
    if turned != 1:
        kept.insert(1, _exif(turned))
    return b"".join(kept)


def _segments(body: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, its bytes) up to the end of the picture; a scan comes with its data."""
    at = 2
    while at + 4 <= len(body):
        if body[at] != 0xFF:
            raise EvidenceError("the JPEG is damaged")
        marker = body[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        if marker == _END:
            break
        end = at + 2 + int.from_bytes(body[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(body):
            break
        if marker == _SCAN:
            end = _scan_end(body, end)
        yield marker, body[at:end]
        at = end
    if body[at : at + 2] != b"\xff\xd9":
        raise EvidenceError("the JPEG ends before its picture does")
    yield _END, b"\xff\xd9"


def _scan_end(body: bytes, at: int) -> int:
    """Where the next marker stands that is neither a stuffed byte nor a restart."""
    while (at := body.find(b"\xff", at)) >= 0 and at + 1 < len(body):
        following = body[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2
    raise EvidenceError("the JPEG ends before its picture does")


def _check_frame(segment: bytes) -> None:
    if len(segment) < 11:
        raise EvidenceError("the JPEG is damaged")
    height, width = struct.unpack(">HH", segment[5:9])
    check_size(width, height)


def _exif(turned: int) -> bytes:
    payload = b"Exif\x00\x00" + upright(turned)
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload
