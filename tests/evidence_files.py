"""Made-up files for evidence."""

from __future__ import annotations

import random
import struct
import zlib

GPS_NOTE = b"made-up-gps-note"


def picture(kind: str, size: int, *, noise: bool = False) -> bytes:
    """A PNG of size × size pixels, grey or noise."""
    assert kind == "PNG"
    chance = random.Random(1)
    line = b"\x00" + b"\x80" * size
    rows = (b"\x00" + chance.randbytes(size * 3) for _ in range(size)) if noise else [line] * size
    colour = 2 if noise else 0
    head = struct.pack(">IIBBBBB", size, size, 8, colour, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_with_text() -> bytes:
    """A PNG whose camera has left a note."""
    plain = picture("PNG", 8)
    at = plain.index(b"IDAT") - 4
    return plain[:at] + chunk(b"tEXt", b"Author\x00" + GPS_NOTE) + plain[at:]


def exif(turned: int = 6) -> bytes:
    """An EXIF segment with an orientation and a position."""
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0)
    entries += struct.pack(">HHII", 0x8825, 4, 1, 38)
    tiff = b"MM\x00\x2a" + struct.pack(">IH", 8, 2) + entries + bytes(4) + GPS_NOTE
    payload = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def jpeg_with_position(turned: int = 6) -> bytes:
    """The skeleton of a JPEG: EXIF, a comment, a frame of 8 × 8, one scan."""
    comment = b"\xff\xfe" + struct.pack(">H", 2 + len(GPS_NOTE)) + GPS_NOTE
    tables = b"\xff\xdb" + struct.pack(">H", 67) + b"\x00" + b"\x10" * 64
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, 8, 8, 1) + b"\x01\x11\x00"
    huffman = b"\xff\xc4" + struct.pack(">H", 20) + b"\x00\x01" + bytes(15) + b"\x00"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00" + b"\x3f\xff\x00\x3f"
    return b"\xff\xd8" + exif(turned) + comment + tables + frame + huffman + scan + b"\xff\xd9"
