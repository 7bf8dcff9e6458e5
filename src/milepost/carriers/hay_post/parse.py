"""HayPost (Armenia): an order with the history of its states."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import beside, read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

ORDER = Wire(
    carrier="hay-post",
    shipments=("answer",),
    number=("order.trackingId",),
    events=("orderStateHistories",),
    time=("createDate",),
    code=("stateId",),
    faults=(Fault(rows="errors", text=("message",), code=("code",)), Fault(rows="title", text=())),
    facts=FactPaths(
        service=("order.service.name",),
        weight="order.weight",
        weight_unit="g",
        destination=Where(
            city=("orderDestinationAddress.cityVillage.name",),
            postal_code=("orderDestinationAddress.postalCode",),
            country=("orderDestinationAddress.country.name",),
        ),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    answer = data if isinstance(data, dict) and "order" in data else None
    ORDER.walk(beside(data, answer=answer), out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All states; times are local to Armenia."""
    return read_payload(payload, context, _walk)
