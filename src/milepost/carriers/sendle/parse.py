"""Sendle: tracking of one parcel."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed


def _text(event: Any) -> str | None:
    said, reason = text_of(event, "description"), text_of(event, "reason")
    return f"{said}: {reason}" if said and reason else said or reason


PARCEL = Wire(
    carrier="sendle",
    shipments=("answer",),
    number=("sendle_reference", "tracking_number", "order_id"),
    events=("tracking_events",),
    time=("scan_time", "display_time", "local_scan_time"),
    code=("event_type",),
    read_text=_text,
    place=Where(name=("location", "origin_location")),
    shipment_faults=(Fault(rows="error_description", text=()),),
    earliest=("scheduling.estimated_delivery_date_minimum",),
    latest=("scheduling.estimated_delivery_date_maximum",),
    facts=FactPaths(
        origin=Where(country=("origin.country",)),
        destination=Where(country=("destination.country",)),
    ),
)
_WORDS = {"tracking_events", "state", "error_description"}


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, dict) and _WORDS & set(data):
        PARCEL.walk({"answer": data}, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events with their offsets; the answer names no number, so the context must."""
    return read_payload(payload, context, _walk)
