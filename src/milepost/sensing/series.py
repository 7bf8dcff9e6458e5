"""Samples of one asset packed by column: times as differences of differences, values as
differences, zigzag, split into byte planes, zstd.

A column is unpacked alone, so that a curve of temperature never pays for the positions beside it.
All loops over values run in C (`accumulate`, `translate`, slices) where the values are as narrow
as sensors' usually are.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, compress
from operator import sub

import msgspec
import zstandard
from msgspec import Struct

from milepost.domain.telemetry import Sample

FIELDS = Sample._fields[2:]
VERSION = 1
LARGEST = 1 << 60  # differences of differences of such still fit 64 bits
_DEFAULTS = Sample._field_defaults
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_UNZIGZAG = bytes((n >> 1) ^ -(n & 1) & 0xFF for n in range(256))


class Block(Struct, frozen=True, array_like=True, gc=False):
    """Integers. `order`: how often differences were taken; `heads`: the first value of each."""

    order: int
    heads: list[int]
    width: int
    data: bytes


class Column(Struct, frozen=True, array_like=True, gc=False):
    """One field. `present`: a byte a sample, 1 where there is a value; empty where all have one."""

    present: bytes
    values: Block


class Chunk(Struct, frozen=True, array_like=True, gc=False):
    """Samples of one asset, oldest first. A field that no sample has is not in `columns`."""

    version: int
    count: int
    times: Block
    columns: dict[int, Column]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Chunk).decode


def pack(samples: Sequence[Sample]) -> bytes:
    """The samples of one asset, packed; they are put in order of time, and repeated ones left out.

    Raises ValueError where a time or value is beyond ±2⁶⁰.
    """
    ordered = sorted(set(samples), key=_order)
    columns: dict[int, Column] = {}
    for index, (name, values) in enumerate(zip(FIELDS, _transposed(ordered), strict=True)):
        column = _column([int(v) if v is not None else None for v in values])
        if column is not None and not (name == "valid" and all(values)):
            columns[index] = column
    times = _squeeze([one.at_us for one in ordered], 2)
    return _encode(Chunk(VERSION, len(ordered), times, columns))


def unpack(asset: str, data: bytes) -> list[Sample]:
    """The samples again, exactly."""
    chunk = _decode(data)
    columns = [_whole(chunk, index, name) for index, name in enumerate(FIELDS)]
    times = _expand(chunk.times)
    return [Sample(asset, *row) for row in zip(times, *columns, strict=True)]


def column(data: bytes, field: str) -> tuple[list[int], list[int]]:
    """(times in µs, values) of the samples that have a value of this field, oldest first."""
    chunk = _decode(data)
    if field == "valid" and FIELDS.index(field) not in chunk.columns:
        return _expand(chunk.times), [1] * chunk.count
    found = chunk.columns.get(FIELDS.index(field))
    if found is None:
        return [], []
    times, values = _expand(chunk.times), _expand(found.values)
    if found.present:
        times = list(compress(times, _decompress(found.present)))
    return times, values


def storable(sample: Sample) -> bool:
    """Whether a sample's numbers are integers of a size that can be kept."""
    return all(
        value is None or (isinstance(value, int) and -LARGEST < value < LARGEST)
        for value in sample[1:]
    )


def _order(sample: Sample) -> tuple[int, ...]:
    # None has no order of its own; the pair keeps it apart from every number.
    rest = chain.from_iterable((v is not None, v or 0) for v in sample[2:])
    return (sample.at_us, *rest)


def _transposed(samples: Sequence[Sample]) -> Iterable[tuple[int | bool | None, ...]]:
    if not samples:
        return [() for _ in FIELDS]
    return list(zip(*(one[2:] for one in samples), strict=True))


def _column(values: Sequence[int | None]) -> Column | None:
    there = [value for value in values if value is not None]
    if not there:
        return None
    flags = bytes(value is not None for value in values)
    present = b"" if len(there) == len(values) else _compress(flags)
    return Column(present, _squeeze(there, 1))


def _whole(chunk: Chunk, index: int, name: str) -> Sequence[int | bool | None]:
    found = chunk.columns.get(index)
    if found is None:
        return [_DEFAULTS[name]] * chunk.count
    values = iter(_expand(found.values))
    if name == "valid":
        return [bool(value) for value in values]
    if not found.present:
        return list(values)
    return [next(values) if there else None for there in _decompress(found.present)]


def _squeeze(values: Sequence[int], order: int) -> Block:
    heads: list[int] = []
    if any(not -LARGEST < value < LARGEST for value in values):
        raise ValueError("a value beyond ±2⁶⁰")
    while values and len(heads) < order:
        heads.append(values[0])
        values = list(map(sub, values[1:], values))
    folded = [(n << 1) ^ (n >> 63) for n in values]
    width = _width(max(folded, default=0))
    raw = array(_CODES[width], folded)
    return Block(order, heads, width, _compress(_planes(_little(raw).tobytes(), width)))


def _expand(block: Block) -> list[int]:
    raw = _unplaned(_decompress(block.data), block.width)
    if block.width == 1:
        values: Iterable[int] = array("b", raw.translate(_UNZIGZAG))
    else:
        folded = array(_CODES[block.width], raw)
        values = [(n >> 1) ^ -(n & 1) for n in _little(folded)]
    for head in reversed(block.heads):
        values = accumulate(chain((head,), values))
    return list(values)


def _width(largest: int) -> int:
    return next(width for width in (1, 2, 4, 8) if largest < 1 << (8 * width))


def _little(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _planes(raw: bytes, width: int) -> bytes:
    """All lowest bytes, then all second ones …: the upper planes are nearly all zero."""
    return b"".join(raw[plane::width] for plane in range(width))


def _unplaned(raw: bytes, width: int) -> bytes:
    if width == 1:
        return raw
    count = len(raw) // width
    whole = bytearray(len(raw))
    for plane in range(width):
        whole[plane::width] = raw[plane * count : (plane + 1) * count]
    return bytes(whole)


def _compress(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(data)


def _decompress(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(data)
