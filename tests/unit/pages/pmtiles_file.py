"""Writes small PMTiles files (version 3), after the published format, for tests."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Mapping
from typing import Any

Address = tuple[int, int, int]
VECTOR, PNG = 1, 2


def archive(
    tiles: Mapping[Address, bytes], metadata: Mapping[str, Any], *, kind: int = VECTOR,
    leaves: bool = False,
) -> bytes:  # fmt: skip
    """All parts gzipped, but pictures; with `leaves` the root only points to a leaf directory."""
    packed = {tile_id(*at): gzip.compress(body) if kind == VECTOR else body
              for at, body in tiles.items()}  # fmt: skip
    ids = sorted(packed)
    data, entries = b"", []
    for one in ids:
        entries.append((one, 1, len(packed[one]), len(data)))
        data += packed[one]
    root, leaf = _directory(entries), b""
    if leaves:
        leaf, root = root, _directory([(ids[0], 0, len(root), 0)])
    about = gzip.compress(json.dumps(metadata).encode())
    places, at = [], 127
    for part in (root, about, leaf, data):
        places += [at, len(part)]
        at += len(part)
    zooms = [zoom for zoom, _, _ in tiles]
    header = b"PMTiles\x03" + struct.pack("<8Q", *places)
    header += struct.pack("<3Q", len(ids), len(ids), len(ids))
    header += struct.pack("<4B", 1, 2, 2 if kind == VECTOR else 1, kind)
    header += struct.pack("<2B4i", min(zooms), max(zooms), -1_800_000_000, -850_000_000,
                          1_800_000_000, 850_000_000)  # fmt: skip
    return header + struct.pack("<B2i", 0, 0, 0) + root + about + leaf + data


def square(layer: str) -> bytes:
    """A vector tile with one polygon over all of it."""
    corners = [9, 0, 0, 26, *(_zigzag(value) for value in (4096, 0, 0, 4096, -4096, 0)), 15]
    geometry = b"".join(map(_varint, corners))
    feature = b"\x18\x03" + _field(4, geometry)
    body = _field(1, layer.encode()) + _field(2, feature) + b"\x28" + _varint(4096) + b"\x78\x02"
    return _field(3, body)


def tile_id(zoom: int, x: int, y: int) -> int:
    """Along a Hilbert curve."""
    found = (4**zoom - 1) // 3
    side = 1 << zoom >> 1
    while side:
        right, below = int(bool(x & side)), int(bool(y & side))
        found += side * side * ((3 * right) ^ below)
        if not below:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return found


def _directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    last, deltas = 0, []
    for one, *_ in entries:
        deltas.append(one - last)
        last = one
    columns = [deltas, [one[1] for one in entries], [one[2] for one in entries],
               [one[3] + 1 for one in entries]]  # fmt: skip
    body = _varint(len(entries)) + b"".join(_varint(value) for row in columns for value in row)
    return gzip.compress(body)


def _varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body
