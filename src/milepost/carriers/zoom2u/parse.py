"""Zoom2u: the present status of a delivery, as answer or push."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault, tell_faults
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_FAULT = Fault(rows="answer", text=("message",), code=("error-code",))
DELIVERY = Wire(
    carrier="zoom2u",
    shipments=("answer",),
    number=("reference",),
    events=("",),
    time=("statusChangeDateTime",),
    code=("status",),
    text=("status",),
    facts=FactPaths(order_number=("purchaseOrderNumber",)),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, list) or (isinstance(data, dict) and "statusChangeDateTime" in data):
        DELIVERY.walk({"answer": data}, out, context)
    elif isinstance(data, dict):
        tell_faults({"answer": data}, (_FAULT,), out)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """The one status with its offset."""
    return read_payload(payload, context, _walk)
