"""A file's rows as items to send: shipments and scans, whoever wrote the file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from milepost.wiring.tabular.exports import SAMPLED, Reading, items_of, number_column, recognise
from milepost.wiring.tabular.files import rows_of, understood
from milepost.wiring.tabular.meanings import meaning_of
from milepost.wiring.tabular.people import AddressNote, consignee_of, note_of

SHOWN = 5
MOST_NOTES = 100
# A file is shown within seconds, and an address takes a tenth of a millisecond.
MOST_CHECKED = 15_000
Row = dict[str, Any]


class Preview(Struct):
    """What a file would become. `columns`: what we call it = the file's column.

    Of `addressed` shipments the addresses of the first `checked` are looked at: `doubtful` could be
    repaired, or somebody should look at them; `addresses` says of some what is wrong.
    """

    recognised: str | None
    columns: dict[str, str]
    shipments: int = 0
    scans: int = 0
    refused: int = 0
    refusals: list[str] = []
    sample: list[Row] = []
    addressed: int = 0
    checked: int = 0
    doubtful: int = 0
    addresses: list[AddressNote] = []


def read_items(
    file: Path, columns: dict[str, str] | None = None
) -> Iterator[tuple[Row, Row | str]]:
    """(row, item) of each shipment and scan; (row, why not) of a row that is none.

    `columns`: which column of the file is what we call so, where somebody knows better than its
    name. Raises ValueError for a file that cannot be read.
    """
    reading, rows = _opened(file)
    if columns is not None and columns != reading.columns:
        yield from _as_told(columns, rows)
        return
    for row in rows:
        yield from _read(reading, row)


def preview(file: Path) -> Preview:
    """The same, counted."""
    reading, rows = _opened(file)
    seen = Preview(reading.vendor, reading.columns)
    for index, row in enumerate(rows, 1):
        for _, item in _read(reading, row):
            _count(seen, item, index)
    return seen


def _count(seen: Preview, item: Row | str, index: int) -> None:
    if isinstance(item, str):
        seen.refused += 1
        seen.refusals += [item] if len(seen.refusals) < SHOWN else []
        return
    if "occurred_at" in item:
        seen.scans += 1
    else:
        seen.shipments += 1
        _check(seen, item, index)
    seen.sample += [item] if len(seen.sample) < SHOWN else []


def _check(seen: Preview, item: Row, index: int) -> None:
    consignee = item.get("consignee")
    if not consignee:
        return
    seen.addressed += 1
    if seen.addressed > MOST_CHECKED:
        return
    seen.checked += 1
    note = note_of(index, str(item["number"]), consignee)
    if note is not None:
        seen.doubtful += 1
        seen.addresses += [note] if len(seen.addresses) < MOST_NOTES else []


def _opened(file: Path) -> tuple[Reading, Iterator[Row]]:
    rows = rows_of(file)
    first = list(islice(rows, SAMPLED))
    return _reading(first), chain(first, rows)


def _reading(first: list[Row]) -> Reading:
    names = [str(name) for name in (first[0] if first else ())]
    found = recognise(names)
    if found is not None:
        return found
    columns: dict[str, str] = {}
    for name in names:
        meaning = meaning_of(name)
        if meaning is not None:
            columns.setdefault(meaning, name)
    if "number" not in columns and (guessed := number_column(first)) is not None:
        columns["number"] = guessed
    return Reading(None, columns)


def _read(reading: Reading, row: Row) -> Iterator[tuple[Row, Row | str]]:
    try:
        items = list(items_of(reading, row)) if reading.export else [_plain(reading, row)]
    except ValueError as error:
        yield row, str(error)
        return
    yield from ((row, _sent_to(item, row)) for item in items)


def _sent_to(item: Row, row: Row) -> Row:
    """A shipment with whom it goes to; a scan as it is."""
    consignee = consignee_of(row) if "occurred_at" not in item else None
    return {**item, "consignee": consignee} if consignee else item


def _as_told(columns: dict[str, str], rows: Iterator[Row]) -> Iterator[tuple[Row, Row | str]]:
    for row in rows:
        named = {ours: row.get(theirs) for ours, theirs in columns.items()}
        for _, item in _read(Reading(None, {}), named):
            yield row, item if isinstance(item, str) else _sent_to(item, row)


def _plain(reading: Reading, row: Row) -> Row:
    item = understood(row, reading.columns.get("number"))
    if "number" not in item:
        raise ValueError("no tracking number")
    return item
