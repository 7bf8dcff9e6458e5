"""SmartKargo: a bare list of events, each with its package."""

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

EVENTS = Wire(
    carrier="smartkargo",
    shipments=("packages",),
    number=("packageReference", "headerReference"),
    events=("events",),
    time=("eventDate",),
    zone=("location.timezone",),
    code=("eventType",),
    text=("description",),
    place=Where(
        name=("eventLocation",),
        city=("location.city",),
        region=("location.state",),
        postal_code=("location.zip",),
        country=("location.countryId",),
        latitude="location.latitude",
        longitude="location.longitude",
    ),
    faults=(Fault(rows="error", text=("message",), code=("code",)),),
    latest=("estimatedDeliveryDate",),
    facts=FactPaths(links=("pieceReference",)),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    rows = data if isinstance(data, list) else []
    packages: dict[str, Any] = {}
    for index, row in enumerate(rows):
        number = text_of(row, "packageReference", "headerReference")
        key = number or f"row {index}"
        package = packages.setdefault(key, {**row, "events": []} if number else row)
        if number:
            package["events"].append(row)
    error = data.get("error") if isinstance(data, dict) else None
    EVENTS.walk({"packages": list(packages.values()), "error": error}, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all packages; the zone of the place gives the offset where it is named."""
    return read_payload(payload, context, _walk)
