"""Roadie: shipments with the events of the drive."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import beside, read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed


def _address(prefix: str) -> Where:
    return Where(
        city=(f"{prefix}.address.city",),
        region=(f"{prefix}.address.state",),
        postal_code=(f"{prefix}.address.zip",),
    )


SHIPMENTS = Wire(
    carrier="roadie",
    shipments=("shipments",),
    number=("tracking_number", "id"),
    events=("events",),
    time=("occurred_at",),
    code=("name",),
    place=Where(latitude="location.latitude", longitude="location.longitude"),
    faults=(Fault(rows="errors", text=("message",), code=("code",)),),
    earliest=("deliver_between.start",),
    latest=("deliver_between.end",),
    facts=FactPaths(
        order_number=("reference_id",),
        origin=_address("pickup_location"),
        destination=_address("delivery_location"),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, list):
        SHIPMENTS.walk({"shipments": data}, out, context)
    elif isinstance(data, dict):
        one = [data] if "tracking_number" in data else data.get("shipments")
        SHIPMENTS.walk(beside(data, shipments=one), out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all shipments with their offsets."""
    return read_payload(payload, context, _walk)
