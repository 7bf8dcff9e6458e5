"""Hermes Germany: `shipmentinfo` of the HSI."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.times import When, join_when
from milepost.carriers.toolkit.tree import dig
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed


def _window(shipment: Any) -> tuple[When | None, When | None]:
    day, slot = dig(shipment, "deliveryForecast.date"), dig(shipment, "deliveryForecast.timeSlot")
    return join_when(day, dig(slot, "from")), join_when(day, dig(slot, "to"))


SHIPMENTS = Wire(
    carrier="hermes",
    shipments=("shipmentinfo",),
    number=("shipmentID",),
    events=("status",),
    time=("timestamp",),
    code=("code",),
    text=("description",),
    place=Where(
        facility=("scanningUnit.name",),
        city=("scanningUnit.city",),
        country=("scanningUnit.countryCode",),
    ),
    faults=(Fault(rows="errors", text=("message",), code=("code",)),),
    shipment_faults=(Fault(rows="result", text=("message",), code=("code",)),),
    read_window=_window,
    facts=FactPaths(
        order_number=("clientReference",),
        destination=Where(
            city=("receiverAddress.city",),
            postal_code=("receiverAddress.zipCode",),
            country=("receiverAddress.countryCode",),
        ),
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All states with their offsets."""
    return read_payload(payload, context, SHIPMENTS.walk)
