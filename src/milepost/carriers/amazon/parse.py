"""Amazon Shipping: `getTracking` of the Selling Partner API."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import beside, read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

TRACKING = Wire(
    carrier="amazon",
    shipments=("payload", "answer"),
    number=("trackingId",),
    events=("eventHistory",),
    time=("eventTime",),
    code=("eventCode",),
    place=Where(
        city=("location.city",),
        region=("location.stateOrRegion",),
        postal_code=("location.postalCode",),
        country=("location.countryCode",),
    ),
    faults=(Fault(rows="errors", text=("message",), code=("code",)),),
    latest=("promisedDeliveryDate",),
    facts=FactPaths(
        signed_by=("summary.proofOfDelivery.receivedBy",), links=("alternateLegTrackingId",)
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    answer = data if isinstance(data, dict) and "eventHistory" in data else None
    TRACKING.walk(beside(data, answer=answer), out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events with their offsets."""
    return read_payload(payload, context, _walk)
