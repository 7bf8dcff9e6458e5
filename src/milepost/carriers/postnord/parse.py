"""PostNord Track and Trace API: `shipments` hold `items` hold `events`."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import beside, read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed


def _address(prefix: str) -> Where:
    return Where(
        city=(f"{prefix}.city",),
        postal_code=(f"{prefix}.postCode", f"{prefix}.postcode"),
        country=(f"{prefix}.countryCode", f"{prefix}.country"),
    )


ITEMS = Wire(
    carrier="postnord",
    shipments=("items",),
    number=("itemId", "shipment.shipmentId"),
    events=("events",),
    time=("eventTime",),
    code=("status", "eventCode"),
    text=("eventDescription",),
    place=Where(
        name=("location.displayName",),
        facility=("location.name", "location.locationId"),
        city=("location.city",),
        postal_code=("location.postcode", "location.postCode"),
        country=("location.countryCode", "location.country"),
    ),
    faults=(
        Fault(rows="**.faults", text=("explanationText", "message"), code=("faultCode",)),
        Fault(rows="message", text=()),
    ),
    latest=("estimatedTimeOfArrival", "shipment.estimatedTimeOfArrival"),
    facts=FactPaths(
        service=("shipment.service.name",),
        weight="statedMeasurement.weight.value",
        unit="statedMeasurement.weight.unit",
        pieces=("shipment.assessedNumberOfItems",),
        origin=_address("shipment.consignor.address"),
        destination=_address("shipment.consignee.address"),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    answer = dig(data, "TrackingInformationResponse") or data
    items = [item for row in rows_at(answer, "shipments") for item in _items(row)]
    ITEMS.walk(beside(data, items=items), out, context)


def _items(shipment: Any) -> list[Any]:
    if not isinstance(shipment, dict) or not text_of(shipment, "shipmentId"):
        return [shipment]
    rows = rows_at(shipment, "items", strict=False)
    return [{**row, "shipment": shipment} if isinstance(row, dict) else row for row in rows]


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all items; times are local to the place."""
    return read_payload(payload, context, _walk)
