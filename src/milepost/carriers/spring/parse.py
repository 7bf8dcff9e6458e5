"""Spring GDS (PostNL): `TrackShipment`."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import LinkedNumber, ParseContext, Parsed


def _links(shipment: Any) -> list[LinkedNumber]:
    carrier = (text_of(shipment, "Carrier") or "").lower().replace(" ", "-") or None
    paths = ("CarrierTrackingNumber", "CarrierLocalTrackingNumber")
    numbers = [text_of(shipment, path) for path in paths]
    return [LinkedNumber(number=number, carrier=carrier) for number in numbers if number]


SHIPMENT = Wire(
    carrier="spring",
    shipments=("Shipment",),
    number=("TrackingNumber", "DisplayId"),
    events=("Events",),
    time=("Timestamp", "DateTime"),
    code=("Code",),
    text=("Description",),
    place=Where(city=("City",), region=("State",), postal_code=("Zip",), country=("Country",)),
    faults=(Fault(rows="Error", text=()),),
    facts=FactPaths(
        service=("Service",),
        order_number=("ShipperReference",),
        weight="Weight",
        unit="WeightUnit",
        read_links=_links,
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events at their instants in UTC."""
    return read_payload(payload, context, SHIPMENT.walk)
