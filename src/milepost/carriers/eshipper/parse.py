"""eShipper: tracking events of orders."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault, tell_faults
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

CARRIERS = load_table("milepost.carriers.eshipper", "carriers.toml", "carriers")
ORDERS = Wire(
    carrier="eshipper",
    carriers=CARRIERS,
    carrier_of=("carrierName",),
    shipments=("orders",),
    number=("trackingNumber", "orderId"),
    events=("event",),
    time=("dateTime", "originalEvent.eventDate"),
    code=("originalEvent.name",),
    text=("description",),
    place=Where(name=("location", "originalEvent.eventLocation"), postal_code=("postalCode",)),
    latest=("expectedDeliveryDate",),
    facts=FactPaths(service=("carrierService",), order_number=("referenceCodes.0",)),
)
_FAULT = Fault(rows="answer", text=("message", "thirdPartyMessage"), code=("code",))


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, list):
        ORDERS.walk({"orders": data}, out, context)
    elif isinstance(data, dict) and "trackingNumber" in data:
        ORDERS.walk({"orders": [data]}, out, context)
    elif isinstance(data, dict):
        tell_faults({"answer": data}, (_FAULT,), out)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all orders; times carry no offset."""
    return read_payload(payload, context, _walk)
