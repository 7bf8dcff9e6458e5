"""Landmark Global: `TrackResponse` (XML)."""

from __future__ import annotations

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

PACKAGES = Wire(
    carrier="landmark",
    shipments=("**.Package",),
    number=("LandmarkTrackingNumber", "TrackingNumber"),
    events=("Events.Event",),
    time=("DateTime",),
    formats=("%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p"),
    code=("EventCode",),
    text=("Status",),
    place=Where(name=("Location",)),
    faults=(Fault(rows="**.Error", text=("ErrorMessage",), code=("ErrorCode",)),),
    facts=FactPaths(order_number=("PackageReference",), links=("TrackingNumber",)),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all packages; times are local to the place."""
    return read_payload(payload, context, PACKAGES.walk)
