"""TNT Express: `TrackResponse` of ExpressConnect Tracking (XML)."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_NOT_FOUND = "CNF"

CONSIGNMENTS = Wire(
    carrier="tnt",
    shipments=("found",),
    number=("ConsignmentNumber",),
    events=("StatusData",),
    date="LocalEventDate.#text",
    clock="LocalEventTime.#text",
    code=("StatusCode",),
    text=("StatusDescription",),
    place=Where(name=("DepotName",), facility=("Depot",)),
    facts=FactPaths(
        order_number=("CustomerReference",),
        pieces=("PieceQuantity",),
        origin=Where(name=("OriginDepotName",), country=("OriginCountry.CountryCode",)),
        destination=Where(city=("DeliveryTown",), country=("DestinationCountry.CountryCode",)),
        signed_by=("Signatory",),
    ),
    faults=(Fault(rows="**.Error", text=("Message",), code=("Code",)),),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    rows = rows_at(data, "**.Consignment")
    missing = [row for row in rows if text_of(row, "SummaryCode") == _NOT_FOUND]
    for row in missing:
        out.error(f"{_NOT_FOUND}: consignment {text_of(row, 'ConsignmentNumber')} not found")
    found = [row for row in rows if row not in missing]
    CONSIGNMENTS.walk({"answer": data, "found": found}, out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All states of all consignments; times are local to the depot."""
    return read_payload(payload, context, _walk)
