"""PNG (ISO/IEC 15948) with the chunks that its picture needs, and no others. Of its EXIF only
which way is up stays.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from milepost.engine.evidence.exif import orientation, upright
from milepost.engine.evidence.faults import EvidenceError, check_size

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_AT_ONCE = 1 << 20
_PIECE = 1 << 14
_SLACK = 1 << 16  # some encoders fill up
# Everything else (text, time, profiles with their authors, later frames) is left out.
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs"}


def cleaned(body: bytes) -> bytes:
    """Raises EvidenceError for what is no whole PNG."""
    chunks = list(_chunks(body))
    names = [name for name, _, _ in chunks]
    if not names or names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names:
        raise EvidenceError("the PNG has no whole picture in it")
    if b"acTL" in names:
        raise EvidenceError("a picture may not move")
    header = chunks[0][1]
    check_size(*struct.unpack(">II", header[:8]))
    _check_picture([data for name, data, _ in chunks if name == b"IDAT"], header)
    kept = [whole for name, _, whole in chunks if name in _KEPT]
    turned = next((orientation(data) for name, data, _ in chunks if name == b"eXIf"), 1)
    if turned != 1:
        kept.insert(1, _chunk(b"eXIf", upright(turned)))
    return SIGNATURE + b"".join(kept)


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


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


def _check_picture(packed: list[bytes], header: bytes) -> None:
    """That as many pixels as the header says can be unpacked, without keeping them."""
    least, most = _unpacked_bytes(header)
    total, unpacker = 0, zlib.decompressobj()
    try:
        for piece in _pieces(packed):
            while piece and not unpacker.eof and total <= most:
                total += len(unpacker.decompress(piece, _AT_ONCE))
                piece = unpacker.unconsumed_tail
    except zlib.error:
        raise EvidenceError("the PNG is damaged") from None
    if total > most:
        raise EvidenceError("the PNG unpacks to more than its picture")
    if not unpacker.eof or total < least:
        raise EvidenceError("the PNG ends before its picture does")


def _pieces(packed: list[bytes]) -> Iterator[bytes]:
    """Small ones: what is not yet unpacked of one is copied again and again."""
    for data in packed:
        for at in range(0, len(data), _PIECE):
            yield data[at : at + _PIECE]


def _unpacked_bytes(header: bytes) -> tuple[int, int]:
    """How many bytes the rows have at least and at most; interlaced ones are cut differently."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise EvidenceError("the PNG is damaged")
    rows = height * (1 + (width * depth * _CHANNELS[colour] + 7) // 8)
    # Seven passes: each begins its rows anew, and fills its last bytes.
    return (
        (rows - height, rows + 2 * (width + height) + 64) if interlaced else (rows, rows + _SLACK)
    )
