"""DHL Paket: nested `<data name="…">` elements that hold everything in attributes."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import everywhere, read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_PIECES = {"piece-shipment", "piece-status-public"}
_NO_ERROR = {"0", None}


def _code(event: Any) -> str | None:
    code = text_of(event, "@standard-event-code", "@ice")
    # the same codes serve the way back, where "delivered" means delivered to the sender
    return f"{code}:return" if code and dig(event, "@ruecksendung") == "true" else code


def _pieces(data: Any) -> list[Any]:
    """All `data` elements that stand for a piece, with their events beside them."""
    found, waiting = [], everywhere(data, "data")
    while waiting:
        row = waiting.pop(0)
        if dig(row, "@name") in _PIECES:
            found.append({"piece": row, "events": _events(row)})
        elif isinstance(row, dict):
            waiting = rows_at(row, "data", strict=False) + waiting
    return found


def _events(piece: Any) -> list[Any]:
    lists = [row for row in rows_at(piece, "data") if dig(row, "@name") == "piece-event-list"]
    return [event for row in lists for event in rows_at(row, "data", strict=False)]


PIECES = Wire(
    carrier="dhl-parcel-de",
    shipments=("pieces",),
    number=("piece.@piece-code", "piece.@searched-piece-code", "piece.@piece-identifier"),
    events=("events",),
    time=("@event-timestamp",),
    formats=("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y"),
    read_code=_code,
    text=("@event-text", "@event-status", "@event-short-status"),
    place=Where(name=("@event-location",), country=("@event-country",)),
    facts=FactPaths(
        service=("piece.@product-name",),
        order_number=("piece.@shipment-customer-reference", "piece.@piece-customer-reference"),
        weight="piece.@shipment-weight",
        weight_unit="kg",
        origin=Where(country=("piece.@origin-country",)),
        destination=Where(
            city=("piece.@pan-recipient-city",),
            postal_code=("piece.@pan-recipient-postalcode",),
            country=("piece.@dest-country",),
        ),
        signed_by=("piece.@recipient-name",),
        links=("piece.@upu",),
    ),
    shipment_faults=(Fault(rows="error", text=()),),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    root = dig(data, "data")
    if text_of(root, "@code") not in _NO_ERROR:
        out.error(f"{text_of(root, '@code')}: {text_of(root, '@error') or 'error'}")
    pieces = _pieces(data)
    for row in pieces:
        if text_of(row["piece"], "@error-status") not in _NO_ERROR:
            row["error"] = text_of(row["piece"], "@piece-status-desc", "@status")
    PIECES.walk({"pieces": pieces}, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all pieces, in German local time."""
    return read_payload(payload, context, _walk)
