"""ShipEngine: tracking, as answer or push."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import beside, read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

CARRIERS = load_table("milepost.carriers.shipengine", "carriers.toml", "carriers")
TRACKING = Wire(
    carrier="shipengine",
    carriers=CARRIERS,
    carrier_of=("carrier_code",),
    shipments=("data", "answer"),
    number=("tracking_number",),
    events=("events",),
    time=("occurred_at", "carrier_occurred_at"),
    code=("status_code", "event_code"),
    text=("description", "carrier_status_description"),
    place=Where(
        city=("city_locality",),
        region=("state_province",),
        postal_code=("postal_code",),
        country=("country_code",),
        latitude="latitude",
        longitude="longitude",
    ),
    faults=(Fault(rows="errors", text=("message",), code=("error_code",)),),
    latest=("estimated_delivery_date",),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    answer = data if isinstance(data, dict) and "tracking_number" in data else None
    TRACKING.walk(beside(data, answer=answer), out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events with their offsets."""
    return read_payload(payload, context, _walk)
