"""The columns of a sealed row: as they are staged, and as the Parquet file keeps them.

Staged are plain values. The file keeps what is smaller: a time as seconds and microseconds, the
receipt as its distance from the event, commit and raw payload as their distance from the first
of their span of time (see `spans`).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from milepost.stores.history.spans import Spans, spans_of

_SECOND_US = 1_000_000

_SHARED: list[tuple[str, pa.DataType]] = [
    ("fingerprint", pa.int64()),
    ("offset_min", pa.int16()),
    ("quality", pa.int16()),
    ("code", pa.int16()),
    ("reference", pa.int64()),
    ("number", pa.string()),
    ("source", pa.string()),
    ("carrier", pa.string()),
    ("text", pa.large_string()),
    ("verbatim", pa.large_string()),
    ("place", pa.string()),
    ("place_json", pa.string()),
    ("next_place", pa.string()),
    ("next_place_json", pa.string()),
    ("source_code", pa.string()),
    ("code_set", pa.string()),
    ("actor", pa.string()),
    ("device", pa.string()),
    ("evidence", pa.large_binary()),
    ("measurements", pa.large_binary()),
    ("order_number", pa.string()),
    ("estimated_from_us", pa.int64()),
    ("estimated_to_us", pa.int64()),
]
_KEYS: list[tuple[str, pa.DataType]] = [("parcel", pa.int64()), ("tenant", pa.int32())]
STAGED = pa.schema(
    [
        *_KEYS,
        ("seq", pa.int64()),
        ("raw", pa.int64()),
        ("at_us", pa.int64()),
        ("received_us", pa.int64()),
        *_SHARED,
    ]
)
FILED = pa.schema(
    [
        *_KEYS,
        ("seq_after", pa.int64()),
        ("raw_after", pa.int64()),
        ("at_s", pa.int64()),
        ("at_micro", pa.int32()),
        ("received_after_s", pa.int64()),
        ("received_micro", pa.int32()),
        *_SHARED,
    ]
)

# Hashes do not compress; the high bytes of numbers that are near each other do.
ENCODINGS = {
    "parcel": "PLAIN",
    "fingerprint": "PLAIN",
    "seq_after": "BYTE_STREAM_SPLIT",
    "raw_after": "BYTE_STREAM_SPLIT",
    "at_s": "BYTE_STREAM_SPLIT",
    "received_after_s": "BYTE_STREAM_SPLIT",
    "received_micro": "DELTA_BINARY_PACKED",
    "estimated_from_us": "BYTE_STREAM_SPLIT",
    "estimated_to_us": "BYTE_STREAM_SPLIT",
    "evidence": "PLAIN",
    "measurements": "PLAIN",
    "verbatim": "PLAIN",
}
DICTIONARIES = [name for name in FILED.names if name not in ENCODINGS]


def file_table(staged: pa.Table, spans: Spans) -> pa.Table:
    """A table of `STAGED` as the file keeps it."""
    at_s, at_micro = _split(staged["at_us"])
    received_s, received_micro = _split(staged["received_us"])
    bases = spans.bases(staged["received_us"])
    made = {
        "seq_after": pc.subtract(staged["seq"], bases[0]),
        "raw_after": pc.subtract(staged["raw"], bases[1]),
        "at_s": at_s,
        "at_micro": at_micro,
        "received_after_s": pc.subtract(received_s, at_s),
        "received_micro": received_micro,
    }
    columns = [made[name] if name in made else staged[name] for name in FILED.names]
    return pa.table(columns, schema=FILED)


def _split(values: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    seconds = spans_of(values, _SECOND_US)
    rest = pc.subtract(values, pc.multiply(seconds, _SECOND_US))
    return seconds, pc.cast(rest, pa.int32())
