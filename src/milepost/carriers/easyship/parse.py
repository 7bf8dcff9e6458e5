"""Easyship: the trackings of a shipment, and the tracking push."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import beside, read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

CARRIERS = load_table("milepost.carriers.easyship", "carriers.toml", "carriers")


def _address(prefix: str) -> Where:
    return Where(
        city=(f"{prefix}.city",),
        region=(f"{prefix}.state",),
        postal_code=(f"{prefix}.postal_code",),
        country=(f"{prefix}.country_alpha2",),
    )


LEGS = Wire(
    carrier="easyship",
    carriers=CARRIERS,
    carrier_of=("handler",),
    shipments=("legs",),
    number=("tracking_number", "local_tracking_number", "alternate_tracking_number"),
    events=("checkpoints", "states"),
    time=("checkpoint_time", "updated_at"),
    code=("primary_status", "tracking_state"),
    text=("message",),
    place=Where(
        name=("location",),
        city=("city",),
        region=("state",),
        postal_code=("postal_code",),
        country=("country_alpha2", "country_iso3"),
    ),
    faults=(
        Fault(rows="error", text=("message",), code=("code",)),
        Fault(rows="meta.errors", text=("message",)),
    ),
    facts=FactPaths(
        service=("shipment.courier.name",),
        order_number=("shipment.order_data.platform_order_number",),
        origin=_address("shipment.origin_address"),
        destination=_address("shipment.destination_address"),
        links=("tracking_number", "local_tracking_number", "alternate_tracking_number"),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    shipment = dig(data, "shipment") or dig(data, "tracking") or {}
    legs = [_leg(row, shipment, context) for row in rows_at(shipment, "trackings")]
    LEGS.walk(beside(data, legs=legs), out, context)


def _leg(row: Any, shipment: Any, context: ParseContext) -> Any:
    """A leg with its state as an event: the answer says when the shipment changed, if at all."""
    if not isinstance(row, dict):
        return row
    told_at = text_of(shipment, "updated_at") or context.received_at.isoformat()
    state = {"tracking_state": text_of(row, "tracking_state"), "updated_at": told_at}
    return {**row, "shipment": shipment, "states": [state]}


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All checkpoints of all legs, or the present state of each leg where there are none."""
    return read_payload(payload, context, _walk)
