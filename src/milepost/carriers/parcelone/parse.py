"""Parcel.One: tracking of the last mile carrier."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

PARCEL = Wire(
    carrier="parcelone",
    shipments=("results",),
    number=("TrackingID",),
    events=("Events",),
    time=("DateTime",),
    code=("StatusCode",),
    text=("Description",),
    place=Where(name=("Location",)),
    faults=(Fault(rows="errors", text=("Message", "message"), code=("ErrorNo", "code")),),
    facts=FactPaths(signed_by=("SignedBy",), links=("CarrierTrackingID",)),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if dig(data, "results.Events") == []:
        out.error(f"no events: {text_of(data, 'results.StatusCode')}")
    else:
        PARCEL.walk(data, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events; the answer may name no number, so the context must."""
    return read_payload(payload, context, _walk)
