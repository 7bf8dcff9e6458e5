"""Locate2u: a stop of a delivery round, as answer or push."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault, tell_faults
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_FAULT = Fault(rows="answer", text=("error", "message"), code=("code",))
STOP = Wire(
    carrier="locate2u",
    shipments=("answer",),
    number=("stopId",),
    events=("",),
    time=("lastModifiedDate",),
    code=("status",),
    text=("status",),
    place=Where(latitude="location.latitude", longitude="location.longitude"),
    facts=FactPaths(order_number=("sourceReference",)),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, list) or (isinstance(data, dict) and "stopId" in data):
        STOP.walk({"answer": data}, out, context)
    elif isinstance(data, dict):
        tell_faults({"answer": data}, (_FAULT,), out)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """The one status, at the time of the stop's last change."""
    return read_payload(payload, context, _walk)
