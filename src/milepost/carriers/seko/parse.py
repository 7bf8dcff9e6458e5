"""SEKO Omni Parcel: a list of consignments with their events, as answer or push."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

STATUS = Wire(
    carrier="seko",
    shipments=("",),
    number=("ConsignmentNo",),
    events=("Events",),
    time=("EventDT",),
    code=("OmniCode", "Code"),
    text=("Description",),
    place=Where(name=("Location",)),
    shipment_faults=(
        Fault(rows="Errors", text=("Message",), code=("Key",)),
        Fault(rows="Message", text=()),
    ),
    facts=FactPaths(order_number=("Reference1",)),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    words = {"ConsignmentNo", "Events", "Errors", "Message"}
    if isinstance(data, list) or (isinstance(data, dict) and words & set(data)):
        STATUS.walk(data, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all consignments; times carry no offset."""
    return read_payload(payload, context, _walk)
