"""Commits and raw payloads are numbered as time goes by, so the receipt nearly tells them.

For each span of time a file keeps the least commit and raw payload received in it; a row keeps
only how far it is from those: 3 bytes an event less than the numbers themselves.
"""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import zstandard

MINUTE_US = 60_000_000
# A file's table of spans has at most this many rows, however long the roads were.
MOST_SPANS = 8_192
# Greater than any raw payload's number: a span none of whose rows has one.
_NO_RAW = (1 << 63) - 1

Least = tuple[int, int]


class Spans(msgspec.Struct, array_like=True, frozen=True):
    """The least commit (`seqs`) and raw payload (`raws`) of each span, spans ascending."""

    span_us: int
    starts: list[int]
    seqs: list[int]
    raws: list[int]

    def bases(self, received_us: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
        """For each row the numbers that it is measured from."""
        span = spans_of(received_us, self.span_us)
        at = pc.index_in(span, value_set=pa.array(self.starts, pa.int64()))
        seqs, raws = pa.array(self.seqs, pa.int64()), pa.array(self.raws, pa.int64())
        return seqs.take(at), raws.take(at)

    def lookup(self) -> dict[int, Least]:
        """Span → (least commit, least raw payload)."""
        pairs = zip(self.seqs, self.raws, strict=True)
        return dict(zip(self.starts, pairs, strict=True))

    def pack(self) -> bytes:
        """Some kilobytes for the file's footer."""
        return zstandard.compress(msgspec.msgpack.encode(self), 9)


def unpack(packed: bytes) -> Spans:
    """The spans that `pack` packed."""
    return msgspec.msgpack.decode(zstandard.decompress(packed), type=Spans)


class Minutes:
    """Gathers, batch by batch, the least commit and raw payload of each minute of receipt."""

    def __init__(self) -> None:
        self._least: dict[int, Least] = {}

    def add(self, received_us: pa.Array, seq: pa.Array, raw: pa.Array) -> None:
        """Takes in a batch; the three columns are of one length."""
        columns = [spans_of(received_us, MINUTE_US), seq, raw]
        table = pa.table(columns, names=["minute", "seq", "raw"])
        least = table.group_by("minute").aggregate([("seq", "min"), ("raw", "min")])
        for row in least.to_pylist():
            raw_min = _NO_RAW if row["raw_min"] is None else row["raw_min"]
            _lower(self._least, row["minute"], (row["seq_min"], raw_min))

    def spans(self) -> Spans:
        """The spans: minutes, or longer where there are too many of those."""
        minutes = self._least
        width = -(-(max(minutes) - min(minutes) + 1) // MOST_SPANS) if minutes else 1
        merged: dict[int, Least] = {}
        for minute, least in minutes.items():
            _lower(merged, minute // width, least)
        starts = sorted(merged)
        seqs, raws = ([merged[start][at] for start in starts] for at in (0, 1))
        return Spans(MINUTE_US * width, starts, seqs, raws)


def _lower(least: dict[int, Least], span: int, found: Least) -> None:
    known = least.get(span, found)
    least[span] = min(known[0], found[0]), min(known[1], found[1])


def spans_of(received_us: pa.ChunkedArray, span_us: int) -> pa.ChunkedArray:
    """The number of the span in which each instant lies; rounds down, also before 1970."""
    cut = pc.divide(received_us, span_us)
    over = pc.greater(pc.multiply(cut, span_us), received_us)
    return pc.subtract(cut, pc.cast(over, pa.int64()))
