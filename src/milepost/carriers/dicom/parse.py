"""Dicom (GLS Canada): tracking of one waybill."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_WORDS = {"activities", "Message", "trackingNumber"}
WAYBILL = Wire(
    carrier="dicom",
    shipments=("answer",),
    number=("trackingNumber",),
    events=("activities",),
    time=("activityDate",),
    code=("code",),
    text=("statusDetail", "status"),
    place=Where(facility=("terminal",), latitude="latitude", longitude="longitude"),
    shipment_faults=(Fault(rows="Message", text=()),),
    facts=FactPaths(
        origin=Where(
            city=("sender.city",), region=("sender.provinceCode",), country=("sender.countryCode",)
        ),
        destination=Where(
            city=("consignee.city",),
            region=("consignee.provinceCode",),
            country=("consignee.countryCode",),
        ),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, dict) and _WORDS & set(data):
        WAYBILL.walk({"answer": data}, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All activities with their offsets."""
    return read_payload(payload, context, _walk)
