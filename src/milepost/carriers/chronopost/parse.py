"""Chronopost: `trackSkybillV2` (SOAP)."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.payload import read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_GOOD = {"0", None}
SKYBILL = Wire(
    carrier="chronopost",
    shipments=("answers",),
    number=("listEventInfoComp.skybillNumber", "skybillNumber"),
    events=("listEventInfoComp.events",),
    time=("eventDate",),
    code=("code",),
    text=("eventLabel",),
    place=Where(name=("officeLabel",), postal_code=("zipCode",)),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    for answer in rows_at(data, "**.return"):
        code = text_of(answer, "errorCode")
        if code not in _GOOD:
            out.error(f"{code}: {text_of(answer, 'errorMessage')}")
        else:
            SKYBILL.walk({"answers": [answer]}, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events with their offsets; the answer names no number, so the context must."""
    return read_payload(payload, context, _walk)
