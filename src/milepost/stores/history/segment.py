"""One file of the index: sorted parcel keys, 8 bytes, and for each the sealed day, 2 bytes.

The file: the keys; their days; every 512th key ("fences"); a footer; its length and the magic.
The fences are kept in memory, so a look-up touches one page of keys and one of days.
"""

from __future__ import annotations

import mmap
import shutil
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

import msgspec
import pyarrow as pa

from milepost.durable import publish
from milepost.stores.history.rows import PartInfo

FENCE = 512
_TAIL = struct.Struct("<II8s")
_MAGIC = b"MPINDEX1"

# Keys ascending, and the day of each.
Chunk = tuple[pa.Int64Array, pa.UInt16Array]


class Footer(msgspec.Struct, array_like=True, frozen=True):
    """`keys` is their count; `parts` are all Parquet files that the segment covers."""

    keys: int
    parts: list[PartInfo]


class Segment:
    """A segment, mapped into memory. ValueError if the file is not a whole one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        footer, end = _footer_of(self._map)
        self.parts = footer.parts
        self.count = footer.keys
        self.size = len(self._map)
        whole = memoryview(self._map)
        self.keys = whole[: 8 * self.count].cast("q")
        self.days = whole[8 * self.count : 10 * self.count].cast("H")
        self._fences = array("q")
        self._fences.frombytes(whole[10 * self.count : end])

    def find(self, parcel: int) -> list[int]:
        """The day numbers under which a parcel is sealed, ascending."""
        at = self.position(parcel)
        days = []
        while at < self.count and self.keys[at] == parcel:
            days.append(self.days[at])
            at += 1
        return days

    def position(self, parcel: int) -> int:
        """Where the first key stands that is not less than `parcel`."""
        block = max(bisect_left(self._fences, parcel) - 1, 0) * FENCE
        return bisect_left(self.keys, parcel, block, min(block + FENCE, self.count))

    def chunk(self, start: int, end: int) -> Chunk:
        """Keys and days from `start` up to `end`, without a copy."""
        buffer = pa.py_buffer(self._map)
        keys = buffer.slice(8 * start, 8 * (end - start))
        days = buffer.slice(8 * self.count + 2 * start, 2 * (end - start))
        return (
            pa.Array.from_buffers(pa.int64(), end - start, [None, keys]),
            pa.Array.from_buffers(pa.uint16(), end - start, [None, days]),
        )


def write_segment(
    path: Path, unfinished: Path, chunks: Iterable[Chunk], parts: list[PartInfo]
) -> None:
    """Writes ascending chunks as a segment; `unfinished` is a path of the same file system."""
    aside = unfinished.with_suffix(".days")
    fences = array("q")
    count = 0
    with unfinished.open("wb") as file, aside.open("w+b") as days_file:
        for keys, days in chunks:
            if not len(keys):
                continue
            view = memoryview(_bytes(keys)).cast("q")
            fences.extend(view[-count % FENCE :: FENCE].tolist())
            file.write(view)
            days_file.write(_bytes(days))
            count += len(keys)
        days_file.seek(0)
        shutil.copyfileobj(days_file, file)
        file.write(fences.tobytes())
        footer = msgspec.msgpack.encode(Footer(count, parts))
        file.write(footer + _TAIL.pack(len(footer), crc32(footer), _MAGIC))
    aside.unlink()
    publish(unfinished, path)


def _bytes(values: pa.Array) -> pa.Buffer:
    width = values.type.bit_width // 8
    return values.buffers()[1].slice(values.offset * width, len(values) * width)


def _footer_of(mapped: mmap.mmap) -> tuple[Footer, int]:
    """The footer and where it begins."""
    if len(mapped) < _TAIL.size:
        raise ValueError("an index segment is cut off")
    length, check, magic = _TAIL.unpack_from(mapped, len(mapped) - _TAIL.size)
    start = len(mapped) - _TAIL.size - length
    packed = mapped[max(start, 0) : start + length]
    if magic != _MAGIC or crc32(packed) != check:
        raise ValueError("an index segment is damaged")
    footer = msgspec.msgpack.decode(packed, type=Footer)
    fences = 8 * -(-footer.keys // FENCE)
    if start != 10 * footer.keys + fences:
        raise ValueError("an index segment has the wrong size")
    return footer, start
