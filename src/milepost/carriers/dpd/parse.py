"""DPD: parcel life cycle, as SOAP (`trackingresult`) and as JSON (`parcelLifeCycleData`)."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_FORMATS = ("%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y, %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M")
_NUMBER = ("shipmentInfo.parcelLabelNumber", "parcelLabelNumber")


def _is_reached(status: Any) -> bool:
    # the answer lists the steps still ahead as well, marked as not reached
    return dig(status, "statusHasBeenReached") not in (False, "false")


def _text(status: Any) -> str | None:
    said = text_of(
        status,
        "description.content.content",
        "description.content.0.content",
        "description.content.0",
        "description",
    )
    return said or text_of(status, "label.content", "label")


STATUSES = Wire(
    carrier="dpd",
    shipments=("**.trackingresult", "**.parcelLifeCycleData"),
    number=_NUMBER,
    events=("statusInfo",),
    is_event=_is_reached,
    time=("date.content", "date"),
    formats=_FORMATS,
    code=("status",),
    read_text=_text,
    place=Where(name=("location.content", "location")),
    faults=(
        Fault(rows="**.authenticationFault", text=("errorMessage",), code=("errorCode",)),
        Fault(rows="**.faults", text=("message",), code=("faultCode",)),
        Fault(rows="**.Fault", text=("faultstring",), code=("faultcode",)),
    ),
    facts=FactPaths(service=("shipmentInfo.serviceDescription.content.content",)),
)
SCANS = Wire(
    carrier="dpd",
    shipments=("**.parcelLifeCycleData",),
    number=_NUMBER,
    events=("scanInfo.scan",),
    time=("date",),
    formats=_FORMATS,
    code=("scanType.code",),
    text=("scanDescription.content.0", "scanDescription.label", "scanType.name"),
    place=Where(
        name=("scanData.location",),
        country=("scanData.country",),
        facility=("scanData.scanDepot",),
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All steps that were reached and all depot scans; times are local to the place."""
    return read_payload(payload, context, STATUSES.walk, SCANS.walk)
