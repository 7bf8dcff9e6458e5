"""Teleship: one shipment with its first and last mile."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import LinkedNumber, ParseContext, Parsed

CARRIERS = load_table("milepost.carriers.teleship", "carriers.toml", "carriers")
_WORDS = {"trackingNumber", "events", "messages"}


def _links(shipment: Any) -> list[LinkedNumber]:
    miles = [dig(shipment, name) for name in ("firstMile", "lastMile")]
    return [
        LinkedNumber(number=number, carrier=CARRIERS.get((text_of(mile, "carrier") or "").lower()))
        for mile in miles
        if (number := text_of(mile, "trackingNumber"))
    ]


def _address(prefix: str) -> Where:
    return Where(
        city=(f"{prefix}.address.city",),
        region=(f"{prefix}.address.state",),
        postal_code=(f"{prefix}.address.postcode",),
        country=(f"{prefix}.address.country",),
    )


SHIPMENT = Wire(
    carrier="teleship",
    shipments=("answer",),
    number=("trackingNumber",),
    events=("events",),
    time=("timestamp",),
    code=("code",),
    text=("description",),
    place=Where(name=("location",)),
    shipment_faults=(Fault(rows="messages", text=("message",), code=("code",)),),
    latest=("estimatedDelivery",),
    facts=FactPaths(
        order_number=("customerReference",),
        origin=_address("shipFrom"),
        destination=_address("shipTo"),
        read_links=_links,
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, dict) and _WORDS & set(data):
        SHIPMENT.walk({"answer": data}, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events with their offsets."""
    return read_payload(payload, context, _walk)
