"""Segments of one month are merged as they grow in number, so that a look-up asks few files.

Eight segments of a tier become one of the next, and all of a month become one when another month
begins. A month is never merged with another: retention then removes whole segments, and what is
old is not written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from milepost.stores.history.segment import Chunk, Segment

FAN = 8
# Keys of one step of a merge, for bounded memory: 10 B each, twice.
_STEP = 8_000_000
_LEAST, _SPAN = -(1 << 63), 1 << 64


def merged(segments: Sequence[Segment]) -> Iterator[Chunk]:
    """The chunks of one segment that holds all keys and days of several, each pair once."""
    total = sum(segment.count for segment in segments)
    steps = total // _STEP + 1
    starts = [0] * len(segments)
    for step in range(1, steps + 1):
        bound = _LEAST + _SPAN * step // steps
        ends = [segment.count if step == steps else segment.position(bound) for segment in segments]
        spans = zip(segments, starts, ends, strict=True)
        yield _together([segment.chunk(start, end) for segment, start, end in spans])
        starts = ends


def _together(chunks: Sequence[Chunk]) -> Chunk:
    keys, days = (pa.concat_arrays(arrays) for arrays in zip(*chunks, strict=True))
    table = pa.table([keys, days], names=["key", "day"])
    pairs = table.group_by(["key", "day"]).aggregate([])
    ordered = pairs.sort_by([("key", "ascending"), ("day", "ascending")]).combine_chunks()
    return _whole(ordered["key"], pa.int64()), _whole(ordered["day"], pa.uint16())


def _whole(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], kind)
