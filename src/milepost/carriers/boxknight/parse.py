"""BoxKnight: an order with its present status."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault, tell_faults
from milepost.carriers.toolkit.payload import read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_AT_CREATION = {"CREATED", "GEOCODED"}
_FAULT = Fault(rows="answer", text=("error", "message"))
ORDER = Wire(
    carrier="boxknight",
    shipments=("answer",),
    number=("id",),
    events=("",),
    time=("statusTime",),
    code=("orderStatus",),
    text=("orderStatus",),
    facts=FactPaths(
        service=("service",),
        order_number=("refNumber",),
        pieces=("packageCount",),
        origin=Where(
            city=("originAddress.city",),
            region=("originAddress.province",),
            postal_code=("originAddress.postalCode",),
            country=("originAddress.country",),
        ),
        destination=Where(
            city=("recipientAddress.city",),
            region=("recipientAddress.province",),
            postal_code=("recipientAddress.postalCode",),
            country=("recipientAddress.country",),
        ),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, list) or (isinstance(data, dict) and "orderStatus" in data):
        rows = [_with_time(row, context) for row in rows_at(data, "")]
        ORDER.walk({"answer": rows}, out, context)
    elif isinstance(data, dict):
        tell_faults({"answer": data}, (_FAULT,), out)


def _with_time(row: Any, context: ParseContext) -> Any:
    return {**row, "statusTime": _status_time(row, context)} if isinstance(row, dict) else row


def _status_time(order: Any, context: ParseContext) -> str | None:
    """When the status came about; the answer knows it only for a fresh order, so for a later
    status it is when we were told.
    """
    if text_of(order, "orderStatus") in _AT_CREATION:
        return text_of(order, "createdAt")
    return text_of(order, "updatedAt") or context.received_at.isoformat()


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """The one status of the order."""
    return read_payload(payload, context, _walk)
