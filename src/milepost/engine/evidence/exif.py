"""EXIF (CIPA DC-008), of which only one tag is kept: which way is up."""

from __future__ import annotations

import struct

_ORIENTATION = 0x0112


def orientation(tiff: bytes) -> int:
    """1 to 8; 1 where it is not said."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 1
    (start,) = struct.unpack(order + "I", tiff[4:8])
    count = struct.unpack(order + "H", tiff[start : start + 2])[0] if start + 2 <= len(tiff) else 0
    for place in range(start + 2, start + 2 + 12 * min(count, 100), 12):
        entry = tiff[place : place + 12]
        if len(entry) == 12 and struct.unpack(order + "H", entry[:2])[0] == _ORIENTATION:
            value = struct.unpack(order + "H", entry[8:10])[0]
            return value if 1 <= value <= 8 else 1
    return 1


def upright(turned: int) -> bytes:
    """A TIFF block that says nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, turned, 0)
    return b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + bytes(4)
