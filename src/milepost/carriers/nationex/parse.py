"""Nationex: a shipment with the history of its status and of its parcels."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_SHIPMENT_WORDS = {"ShipmentId", "StatusHistories", "code"}
_ENDS = Where(
    city=("Destination.City",),
    region=("Destination.ProvinceState",),
    postal_code=("Destination.PostalCode",),
)
SHIPMENT = Wire(
    carrier="nationex",
    shipments=("answer",),
    number=("ShipmentId",),
    events=("StatusHistories",),
    time=("StatusDate",),
    code=("ShipmentStatus",),
    text=("ShipmentStatusEn", "ShipmentStatusFr"),
    place=Where(name=("LastLocation",)),
    shipment_faults=(Fault(rows="message", text=()),),
    facts=FactPaths(order_number=("ReferenceNumber",), pieces=("TotalParcels",), destination=_ENDS),
)
PARCELS = Wire(
    carrier="nationex",
    shipments=("Parcels",),
    number=("ParcelId",),
    events=("History",),
    time=("ProcessedDate",),
    code=("ExceptionId",),
    text=("DescriptionEn", "DescriptionFr"),
    place=Where(
        name=("CityDepot",), latitude="Geocoding.Latitude", longitude="Geocoding.Longitude"
    ),
    latest=("EstimatedDeliveryDate",),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, dict) and _SHIPMENT_WORDS & set(data):
        SHIPMENT.walk({"answer": data}, out, context)
        PARCELS.walk(data, out, ParseContext(received_at=context.received_at))


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of the shipment and of its parcels, each under its own number."""
    return read_payload(payload, context, _walk)
