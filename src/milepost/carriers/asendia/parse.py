"""Asendia: tracking of Asendia Sync, and milestones of Asendia USA."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

SYNC = Wire(
    carrier="asendia",
    shipments=("answer",),
    number=("trackingNumber",),
    events=("trackingEvents",),
    time=("time",),
    code=("code",),
    text=("carrierEventDescription", "description"),
    place=Where(name=("locationName",), country=("locationCountry",)),
    shipment_faults=(Fault(rows="detail", text=()),),
)
USA = Wire(
    carrier="asendia",
    shipments=("data",),
    number=("trackingNumberVendor", "customerReferenceNumber"),
    events=("trackingMilestoneEvents",),
    time=("eventOn",),
    code=("eventCode",),
    text=("eventDescription",),
    place=Where(name=("eventLocation",)),
    faults=(Fault(rows="responseStatusMessage", text=()),),
    facts=FactPaths(links=("customerReferenceNumber",)),
)
_SYNC_WORDS = {"trackingNumber", "trackingEvents", "detail"}


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, dict) and _SYNC_WORDS & set(data):
        SYNC.walk({"answer": data}, out, context)
    else:
        USA.walk(data, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events with their offsets."""
    return read_payload(payload, context, _walk)
