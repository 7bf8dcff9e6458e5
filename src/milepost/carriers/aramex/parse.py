"""Aramex: `TrackShipments`, as SOAP and as JSON."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.faults import Fault, tell_faults
from milepost.carriers.toolkit.payload import everywhere, read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import as_text
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

SOAP = Wire(
    carrier="aramex",
    shipments=("**.KeyValueOfstringArrayOfTrackingResultmFAkxlpY",),
    number=("Key",),
    events=("Value.TrackingResult",),
    time=("UpdateDateTime",),
    code=("UpdateCode",),
    text=("UpdateDescription", "Comments"),
    place=Where(name=("UpdateLocation",)),
)
JSON = Wire(
    carrier="aramex",
    shipments=("TrackingResults",),
    number=("Key",),
    events=("Value",),
    time=("UpdateDateTime",),
    code=("UpdateCode",),
    text=("UpdateDescription", "Comments"),
    place=Where(name=("UpdateLocation",)),
)
_FAULT = Fault(rows="**.Notification", text=("Message",), code=("Code",))
_FAULTS = (_FAULT, Fault(rows="Notifications", text=("Message",), code=("Code",)))


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    tell_faults(data, _FAULTS, out)
    for place in everywhere(data, "NonExistingWaybills"):
        rows = rows_at(place, "string", strict=False) or [place]
        for number in filter(None, map(as_text, rows)):
            out.error(f"waybill {number} does not exist")
    SOAP.walk(data, out, context)
    if isinstance(data, dict):
        JSON.walk(data, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All updates of all waybills; times carry no offset unless the answer is JSON."""
    return read_payload(payload, context, _walk)
