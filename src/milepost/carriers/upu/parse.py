"""UPU EMSEVT events, as JSON or CSV with one vocabulary of fields (docs/connectors.md).

JSON: `{"message": "EMSEVT", "items": [{"item_id", "destination_country"?, "events": [EVENT]}],
"errors": [TEXT]}`; CSV: one EVENT a line, with a header and `item_id` first.
EVENT: `event_code` (EMA … EMI), `event_time` (local; its offset if known) and optionally
`office` (IMPC code, whose first two letters are the country), `location`, `country`, `postcode`,
`reason` and `action` (of EMH and EME), `receptacle`, `signatory`, `description`.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import PayloadError, decode_bytes, read_json
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.times import need_when
from milepost.carriers.toolkit.tree import as_text, dig, rows_of, text_of
from milepost.carriers.toolkit.units import country_code
from milepost.domain.place import Place
from milepost.domain.scan import Facts, ParseContext, Parsed, Scan

SLUG = "upu"
OPERATORS = load_table(__package__, "carriers.toml", "carriers")
_OFFICE = re.compile(r"[A-Z]{6}")
_CODE = re.compile(r"E[MDX][A-Z]")
_DETAILS = ("reason", "action", "receptacle", "signatory")


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """Reads a list of items with events, or a table of events."""
    text = decode_bytes(payload, context.content_type).strip()
    collector = Collector()
    try:
        if text[:1] == "{":
            _read_document(collector, read_json(text), context)
        else:
            _read_table(collector, text, context)
    except PayloadError as error:
        return unreadable(payload, str(error))
    return collector.parsed()


def _read_document(collector: Collector, body: Any, context: ParseContext) -> None:
    if not isinstance(body, dict) or not {"items", "errors"} & body.keys():
        raise PayloadError("no EMSEVT document")
    for error in rows_of(body, "errors"):
        collector.error(as_text(error) or text_of(error, "message", "text"))
    items = body.get("items", [])
    if not isinstance(items, list):
        collector.miss("items", "not a list", items)
        return
    for index, item in enumerate(items):
        _read_item(collector, item, f"items[{index}]", context)


def _read_item(collector: Collector, item: Any, where: str, context: ParseContext) -> None:
    if not isinstance(item, dict) or not isinstance(item.get("events", []), list):
        collector.miss(where, "no item with events", item)
        return
    number = text_of(item, "item_id") or context.number
    rows = item.get("events", [])
    collector.each(rows, f"{where}.events", lambda row: _scan(row, number))
    country = country_code(item.get("destination_country"))
    if number and country:
        collector.facts.append(Facts(number=number, destination=Place(country=country)))


def _read_table(collector: Collector, text: str, context: ParseContext) -> None:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if not {"event_code", "event_time"} <= set(reader.fieldnames or ()):
            raise PayloadError("neither an EMSEVT document nor a table of events")
        rows = list(reader)
    except csv.Error as error:
        raise PayloadError(f"not CSV: {error}") from None
    collector.each(rows, "line", lambda row: _scan(row, text_of(row, "item_id") or context.number))


def _scan(row: Any, number: str | None) -> Scan:
    code = (text_of(row, "event_code") or "").upper()
    if not number:
        raise ScanError("no item_id")
    if not _CODE.fullmatch(code):
        raise ScanError(f"no EMSEVT code: {code[:20]!r}")
    when = need_when(dig(row, "event_time"))
    details = {name: value for name in _DETAILS if (value := text_of(row, name))}
    place = _place(row)
    return Scan(
        number=number.replace(" ", ""),
        occurred_at=when.at,
        date_only=when.date_only,
        carrier=OPERATORS.get(place.country or "") if place else None,
        code=code,
        code_set=SLUG,
        text=text_of(row, "description"),
        place=place,
        measurements=details or None,
    )


def _place(row: Any) -> Place | None:
    office = (text_of(row, "office") or "").upper()
    inside = office[:2] if _OFFICE.fullmatch(office) else None
    place = Place(
        name=text_of(row, "location"),
        facility=office or None,
        country=country_code(text_of(row, "country") or inside),
        postal_code=text_of(row, "postcode"),
    )
    return None if place == Place() else place
