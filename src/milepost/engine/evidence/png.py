"""PNG (ISO/IEC 15948) with the chunks that its picture needs, and no others."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from milepost.engine.evidence.faults import EvidenceError, check_size

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Everything else (text, EXIF, time, profiles with their authors, later frames) is left out.
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs"}


def cleaned(body: bytes) -> bytes:
    """Raises EvidenceError for what is no whole PNG."""
    chunks = list(_chunks(body))
    names = [name for name, _, _ in chunks]
    if not names or names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names:
        raise EvidenceError("the PNG has no whole picture in it")
    check_size(*struct.unpack(">II", chunks[0][1][:8]))
    _check_picture(b"".join(data for name, data, _ in chunks if name == b"IDAT"))
    return SIGNATURE + b"".join(whole for name, _, whole in chunks if name in _KEPT)


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(name, data, the whole chunk) up to the end of the picture."""
    at = len(SIGNATURE)
    while at + 12 <= len(body):
        (length,) = struct.unpack(">I", body[at : at + 4])
        end = at + 12 + length
        if end > len(body):
            break
        name, data = body[at + 4 : at + 8], body[at + 8 : end - 4]
        if zlib.crc32(name + data) != struct.unpack(">I", body[end - 4 : end])[0]:
            raise EvidenceError("the PNG is damaged")
        if name == b"IHDR" and length != 13:
            raise EvidenceError("the PNG is damaged")
        yield name, data, body[at:end]
        if name == b"IEND":
            return
        at = end
    raise EvidenceError("the PNG ends before its picture does")


def _check_picture(packed: bytes) -> None:
    """That the pixels can be unpacked, without keeping them."""
    unpacker = zlib.decompressobj()
    try:
        while packed and not unpacker.eof:
            unpacker.decompress(packed, 1 << 20)
            packed = unpacker.unconsumed_tail
    except zlib.error:
        raise EvidenceError("the PNG is damaged") from None
    if not unpacker.eof:
        raise EvidenceError("the PNG ends before its picture does")
