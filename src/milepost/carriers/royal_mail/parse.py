"""Royal Mail Tracking API v2: the `events` and the `summary` operation."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.times import When, join_when
from milepost.carriers.toolkit.tree import dig
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed


def _window(piece: Any) -> tuple[When | None, When | None]:
    said = dig(piece, "estimatedDelivery")
    begin, end = dig(said, "startOfEstimatedWindow"), dig(said, "endOfEstimatedWindow")
    return join_when(dig(said, "date"), begin), join_when(dig(said, "date"), end)


MAIL_PIECES = Wire(
    carrier="royal-mail",
    shipments=("mailPieces",),
    number=("mailPieceId", "summary.oneDBarcode", "summary.uniqueItemId"),
    events=("events", "summary"),
    time=("eventDateTime", "lastEventDateTime"),
    code=("eventCode", "lastEventCode"),
    text=("eventName", "lastEventName"),
    place=Where(name=("locationName", "lastEventLocationName")),
    faults=(Fault(rows="errors", text=("errorDescription",), code=("errorCode",)),),
    shipment_faults=(Fault(rows="error", text=("errorDescription",), code=("errorCode",)),),
    read_window=_window,
    facts=FactPaths(
        service=("summary.productName",),
        origin=Where(country=("summary.originCountryCode",)),
        destination=Where(country=("summary.destinationCountryCode",)),
        signed_by=("signature.recipientName",),
        links=("mailPieceId", "summary.oneDBarcode"),
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all mail pieces, with their offsets."""
    return read_payload(payload, context, MAIL_PIECES.walk)
