"""MP4 (ISO/IEC 14496-12) with the boxes for what a camera notes of itself and its place emptied.

Such a box becomes free space of the same length: nothing moves, so no table of places changes.
"""

from __future__ import annotations

import struct

from milepost.engine.evidence.faults import EvidenceError

_NOTES = {b"udta", b"meta", b"uuid", b"mett", b"loci", b"\xa9xyz"}
_HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"}


def cleaned(body: bytes) -> bytes:
    """Raises EvidenceError for what is no whole MP4."""
    kept = bytearray(body)
    names = _walk(kept, 0, len(kept))
    if b"moov" not in names or b"mdat" not in names:
        raise EvidenceError("the MP4 has no whole film in it")
    return bytes(kept)


def _walk(body: bytearray, at: int, end: int) -> set[bytes]:
    """The boxes of one level, emptied where they are notes."""
    names: set[bytes] = set()
    while at < end:
        if at + 8 > end:
            raise EvidenceError("the MP4 is damaged")
        size, name = struct.unpack(">I4s", body[at : at + 8])
        head = 8
        if size == 1 and at + 16 <= end:
            (size,), head = struct.unpack(">Q", body[at + 8 : at + 16]), 16
        size = end - at if size == 0 else size
        if size < head or at + size > end:
            raise EvidenceError("the MP4 ends before its film does")
        names.add(name)
        if name in _NOTES:
            body[at + 4 : at + 8] = b"free"
            body[at + head : at + size] = bytes(size - head)
        elif name in _HOLDERS:
            _walk(body, at + head, at + size)
        at += size
    return names
