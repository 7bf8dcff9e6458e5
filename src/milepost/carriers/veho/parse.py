"""Veho: `trackingInfo`."""

from __future__ import annotations

from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

PARCELS = Wire(
    carrier="veho",
    shipments=("trackingInfo",),
    number=("trackingNumber",),
    events=("events",),
    date="date",
    clock="time",
    code=("code",),
    text=("description",),
    place=Where(name=("location",)),
    faults=(Fault(rows="error", text=("message",), code=("code",)),),
    latest=("estimatedDelivery",),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all parcels; times are local to the place."""
    return read_payload(payload, context, PARCELS.walk)
