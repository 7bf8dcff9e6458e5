"""GLS: Track and Trace API (`parcels`) and the public tracking answer (`tuStatus`)."""

from __future__ import annotations

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

PARCELS = Wire(
    carrier="gls",
    shipments=("parcels",),
    number=("unitno", "requested", "trackid"),
    events=("events",),
    time=("eventDateTime",),
    code=("code",),
    text=("description",),
    place=Where(city=("city",), postal_code=("postalCode",), country=("country",)),
    faults=(
        Fault(
            rows="errors",
            text=("errorMessage", "exitMessage", "description", "message"),
            code=("errorCode", "exitCode", "code"),
        ),
    ),
    shipment_faults=(Fault(rows="errorMessage", text=()),),
    facts=FactPaths(links=("trackid",)),
)
PUBLIC = Wire(
    carrier="gls",
    shipments=("tuStatus",),
    number=("tuNo",),
    events=("history",),
    date="date",
    clock="time",
    text=("evtDscr",),
    place=Where(city=("address.city",), country=("address.countryCode",)),
    faults=(Fault(rows="exceptionText", text=()),),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all parcels, with their offsets."""
    return read_payload(payload, context, PARCELS.walk, PUBLIC.walk)
