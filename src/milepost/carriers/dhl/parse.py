"""DHL unified tracking: `shipments` of every DHL division, as answer or push."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed


def _text(event: Any) -> str | None:
    # the divisions differ in which of the two holds the sentence; the other is a mere headline
    short, long = text_of(event, "status"), text_of(event, "description")
    if not short or not long or short.casefold() in long.casefold():
        return long or short
    return short if long.casefold() in short.casefold() else f"{short}: {long}"


def _address(prefix: str) -> Where:
    return Where(
        city=(f"{prefix}.address.addressLocality",),
        postal_code=(f"{prefix}.address.postalCode",),
        country=(f"{prefix}.address.countryCode",),
    )


UNIFIED = Wire(
    carrier="dhl",
    shipments=("shipments", "shipment"),
    number=("id",),
    events=("events", "status"),
    time=("timestamp",),
    code=("statusCode",),
    read_text=_text,
    place=_address("location"),
    faults=(Fault(rows="detail", text=()),),
    earliest=("estimatedDeliveryTimeFrame.estimatedFrom",),
    latest=("estimatedDeliveryTimeFrame.estimatedThrough", "estimatedTimeOfDelivery"),
    facts=FactPaths(
        service=("details.product.productName", "service"),
        order_number=("details.references.number", "details.references.0.number"),
        weight="details.weight.value",
        unit="details.weight.unitText",
        pieces=("details.totalNumberOfPieces",),
        origin=_address("origin"),
        destination=_address("destination"),
        signed_by=("details.proofOfDelivery.signed.name",),
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all shipments, each with the offset it was given."""
    return read_payload(payload, context, UNIFIED.walk)
