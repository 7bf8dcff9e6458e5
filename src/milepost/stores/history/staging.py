"""Sealed rows to staged columns, and a record of the file back to a sealed row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pyarrow as pa

from milepost.domain.event import Event, EventBody
from milepost.domain.place import Place
from milepost.stores.history.columns import FILED, STAGED
from milepost.stores.history.rows import SealedRow
from milepost.stores.history.spans import Least
from milepost.stores.history.texts import fold, name_of, unfold

CHUNK_ROWS = 131_072
CHUNK_CHARACTERS = 32_000_000
_SECOND_US = 1_000_000

_to_json = msgspec.json.Encoder().encode
_to_place = msgspec.json.Decoder(Place).decode
_pack = msgspec.msgpack.Encoder().encode
_to_evidence = msgspec.msgpack.Decoder(list[str]).decode
_to_measurements = msgspec.msgpack.Decoder(dict[str, Any]).decode


def staged(rows: Iterable[SealedRow]) -> Iterator[pa.RecordBatch]:
    """Batches of `STAGED`, bounded in rows and in text."""
    records: list[tuple[Any, ...]] = []
    characters = 0
    for row in rows:
        records.append(_record(row))
        characters += len(row.event.body.text or "")
        if len(records) >= CHUNK_ROWS or characters >= CHUNK_CHARACTERS:
            yield _batch(records)
            records, characters = [], 0
    if records:
        yield _batch(records)


def _batch(records: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = zip(*records, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, STAGED, strict=True)]
    return pa.record_batch(arrays, schema=STAGED)


def _record(row: SealedRow) -> tuple[Any, ...]:
    event, body = row.event, row.event.body
    text = verbatim = None
    if body.text is not None:
        values = name_of(body.place), name_of(body.next_place), body.number, body.actor
        text, verbatim = fold(body.text, values)
    return (
        event.parcel, row.tenant, row.seq, row.raw, event.at_us, event.received_us,
        event.fingerprint, event.offset_min, event.quality, event.code, event.reference,
        body.number, body.source, body.carrier, text, verbatim,
        *_named(body.place), *_named(body.next_place), body.code, body.code_set,
        body.actor, body.device, _packed(body.evidence), _packed(body.measurements),
        body.order_number, body.estimated_from_us, body.estimated_to_us,
    )  # fmt: skip


def _named(place: str | Place | None) -> tuple[str | None, str | None]:
    return (None, _to_json(place).decode()) if isinstance(place, Place) else (place, None)


def _packed(value: object) -> bytes | None:
    return None if value is None else _pack(value)


def sealed_row(record: tuple[Any, ...], spans: dict[int, Least], span_us: int) -> SealedRow:
    """The row behind one record of `FILED`, with the spans of its file."""
    field = dict(zip(FILED.names, record, strict=True))
    at_us = field["at_s"] * _SECOND_US + field["at_micro"]
    received_s = field["at_s"] + field["received_after_s"]
    received_us = received_s * _SECOND_US + field["received_micro"]
    seq, raw = spans[received_us // span_us]
    event = Event(
        field["parcel"], field["fingerprint"], at_us, field["offset_min"], field["quality"],
        field["code"], received_us, field["reference"], _body(field),
    )  # fmt: skip
    payload = None if field["raw_after"] is None else field["raw_after"] + raw
    return SealedRow(event, field["tenant"], field["seq_after"] + seq, payload)


def _body(field: dict[str, Any]) -> EventBody:
    place = _place(field["place"], field["place_json"])
    next_place = _place(field["next_place"], field["next_place_json"])
    text = field["verbatim"]
    if field["text"] is not None:
        values = name_of(place), name_of(next_place), field["number"], field["actor"]
        text = unfold(field["text"], values)
    evidence, measurements = field["evidence"], field["measurements"]
    return EventBody(
        field["number"], field["source"], field["carrier"], text, place, field["source_code"],
        field["code_set"], next_place, field["actor"], field["device"],
        None if evidence is None else _to_evidence(evidence),
        None if measurements is None else _to_measurements(measurements),
        field["order_number"], field["estimated_from_us"], field["estimated_to_us"],
    )  # fmt: skip


def _place(name: str | None, json: str | None) -> str | Place | None:
    return name if json is None else _to_place(json)
