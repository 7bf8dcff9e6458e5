"""DHL Express: `TrackingResponse` of XML-PI and `shipments` of MyDHL."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import LinkedNumber, ParseContext, Parsed

CARRIER = "dhl-express"
_CONDITION = {"text": ("ConditionData",), "code": ("ConditionCode",)}
_XML_AREA = Where(name=("ServiceArea.Description",), facility=("ServiceArea.ServiceAreaCode",))
_JSON_AREA = Where(name=("serviceArea.0.description",), facility=("serviceArea.0.code",))

# How an event is written, of a shipment or of one of its pieces.
_XML_EVENT: dict[str, Any] = {
    "date": "Date",
    "clock": "Time",
    "zone": ("GMTOffset",),
    "code": ("ServiceEvent.EventCode",),
    "text": ("ServiceEvent.Description",),
    "place": _XML_AREA,
}
_JSON_EVENT: dict[str, Any] = {
    "date": "date",
    "clock": "time",
    "zone": ("GMTOffset", "gmtOffset"),
    "code": ("typeCode",),
    "text": ("description",),
    "place": _JSON_AREA,
}


def _pieces(row: Any) -> list[LinkedNumber]:
    pieces = row.get("pieces") if isinstance(row, dict) else None
    numbers = [text_of(piece, "trackingNumber") for piece in pieces or []]
    return [LinkedNumber(number=number, carrier=CARRIER) for number in numbers if number]


XML_PI = Wire(
    carrier=CARRIER,
    shipments=("**.AWBInfo",),
    number=("AWBNumber",),
    events=("ShipmentInfo.ShipmentEvent",),
    **_XML_EVENT,
    faults=(Fault(rows="**.Condition", **_CONDITION),),
    shipment_faults=(Fault(rows="Status.Condition", **_CONDITION),),
    latest=("ShipmentInfo.EstDlvyDate",),
    facts=FactPaths(
        service=("ShipmentInfo.GlobalProductCode",),
        order_number=("ShipmentInfo.ShipperReference.ReferenceID",),
        weight="ShipmentInfo.Weight",
        unit="ShipmentInfo.WeightUnit",
        units={"K": "kg", "L": "lb"},
        pieces=("ShipmentInfo.Pieces",),
        origin=Where(
            name=("ShipmentInfo.OriginServiceArea.Description",),
            city=("ShipmentInfo.Shipper.City",),
            postal_code=("ShipmentInfo.Shipper.PostalCode",),
            country=("ShipmentInfo.Shipper.CountryCode",),
        ),
        destination=Where(
            name=("ShipmentInfo.DestinationServiceArea.Description",),
            city=("ShipmentInfo.Consignee.City",),
            region=("ShipmentInfo.Consignee.DivisionCode",),
            postal_code=("ShipmentInfo.Consignee.PostalCode",),
            country=("ShipmentInfo.Consignee.CountryCode",),
        ),
    ),
)
XML_PI_PIECES = Wire(
    carrier=CARRIER,
    shipments=("**.PieceInfo",),
    number=("PieceDetails.LicensePlate", "PieceDetails.AWBNumber"),
    events=("PieceEvent",),
    **_XML_EVENT,
)
MYDHL = Wire(
    carrier=CARRIER,
    shipments=("shipments",),
    number=("shipmentTrackingNumber",),
    events=("events",),
    **_JSON_EVENT,
    faults=(Fault(rows="detail", text=()), Fault(rows="additionalDetails", text=())),
    latest=("estimatedTimeOfDelivery", "estimatedDeliveryDate"),
    facts=FactPaths(
        service=("description", "productCode"),
        order_number=("shipperReferences.0.value",),
        weight="totalWeight",
        unit="unitOfMeasurements",
        units={"metric": "kg", "imperial": "lb"},
        pieces=("numberOfPieces",),
        origin=Where(
            city=("shipperDetails.postalAddress.cityName",),
            postal_code=("shipperDetails.postalAddress.postalCode",),
            country=("shipperDetails.postalAddress.countryCode",),
        ),
        destination=Where(
            city=("receiverDetails.postalAddress.cityName",),
            postal_code=("receiverDetails.postalAddress.postalCode",),
            country=("receiverDetails.postalAddress.countryCode",),
        ),
        read_links=_pieces,
    ),
)
MYDHL_PIECES = Wire(
    carrier=CARRIER,
    shipments=("**.pieces",),
    number=("trackingNumber",),
    events=("events",),
    **_JSON_EVENT,
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all shipments and pieces; local times stay naive where no offset is given."""
    wires = (XML_PI, XML_PI_PIECES, MYDHL, MYDHL_PIECES)
    return read_payload(payload, context, *(wire.walk for wire in wires))
