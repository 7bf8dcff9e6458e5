"""bpost: `itemTracking` (XML)."""

from __future__ import annotations

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

ITEMS = Wire(
    carrier="bpost",
    shipments=("**.itemTracking",),
    number=("itemCode", "trackingId"),
    events=("stateInfo",),
    time=("time",),
    code=("stateCode",),
    text=("stateDescription",),
    faults=(
        Fault(rows="**.systemException", text=("message",), code=("code",)),
        Fault(rows="**.businessException", text=("message",), code=("code",)),
    ),
    facts=FactPaths(
        order_number=("customerReference",),
        weight="itemDetail.weightInGrams",
        weight_unit="g",
        origin=Where(
            name=("cityOrCountryOfdeparture",),
            city=("sender.address.city",),
            postal_code=("sender.address.postalCode",),
            country=("sender.address.countryCode",),
        ),
        destination=Where(
            name=("cityOrCountryOfDestination",),
            city=("addressee.address.city",),
            postal_code=("addressee.address.postalCode",),
            country=("addressee.address.countryCode",),
        ),
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All states with their offsets."""
    return read_payload(payload, context, ITEMS.walk)
