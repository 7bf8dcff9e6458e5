"""DHL Poland: `getTrackAndTraceInfo` of the DHL24 web service."""

from __future__ import annotations

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

DHL24 = Wire(
    carrier="dhl-poland",
    shipments=("**.getTrackAndTraceInfoResult",),
    number=("shipmentId",),
    events=("events.item",),
    time=("timestamp",),
    code=("status",),
    text=("description",),
    place=Where(name=("terminal",)),
    faults=(Fault(rows="**.Fault", text=("faultstring",), code=("faultcode",)),),
    facts=FactPaths(signed_by=("receivedBy",)),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events; times are local to Poland."""
    return read_payload(payload, context, DHL24.walk)
