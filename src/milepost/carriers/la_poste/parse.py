"""La Poste: Suivi API v2 and v1 (JSON); the old Colissimo web service (XML)."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_GOOD = {"0", "200", None}
_SUIVI_WORDS = {"returnCode", "shipment"}
_SUIVI_V1_WORDS = {"status", "code"}

SUIVI = Wire(
    carrier="la-poste",
    shipments=("answers",),
    number=("shipment.idShip", "idShip"),
    events=("shipment.event",),
    time=("date",),
    code=("code",),
    text=("label",),
    place=Where(name=("siteName",), postal_code=("siteZipCode",), country=("country",)),
    shipment_faults=(Fault(rows="fault", text=("returnMessage",), code=("returnCode",)),),
    latest=("shipment.estimDate",),
    facts=FactPaths(
        service=("shipment.product",),
        origin=Where(country=("shipment.contextData.originCountry",)),
        destination=Where(country=("shipment.contextData.arrivalCountry",)),
        links=("shipment.contextData.partner.reference",),
    ),
)
SUIVI_V1 = Wire(
    carrier="la-poste",
    shipments=("answers",),
    number=("code",),
    events=("",),
    time=("date",),
    formats=("%d/%m/%Y", "%d/%m/%Y %H:%M"),
    code=("status",),
    text=("message",),
    facts=FactPaths(service=("type",)),
)
SKYBILL = Wire(
    carrier="la-poste",
    shipments=("answers",),
    number=("skybillNumber",),
    events=("",),
    time=("eventDate",),
    code=("eventCode",),
    text=("eventLibelle",),
    place=Where(name=("eventSite",)),
    facts=FactPaths(
        destination=Where(
            city=("recipientCity",),
            postal_code=("recipientZipCode",),
            country=("recipientCountryCode",),
        )
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    for answer in rows_at(data, "**.return"):
        _read_skybill(answer, out, context)
    words = set(data) if isinstance(data, dict) else set()
    if isinstance(data, list) or words & _SUIVI_WORDS:
        SUIVI.walk({"answers": [_with_fault(row) for row in rows_at(data, "")]}, out, context)
    elif words >= _SUIVI_V1_WORDS:
        SUIVI_V1.walk({"answers": [data]}, out, context)
    elif "message" in words:
        out.error(f"{text_of(data, 'code') or 'error'}: {text_of(data, 'message')}")


def _read_skybill(answer: Any, out: Collector, context: ParseContext) -> None:
    if text_of(answer, "errorCode") in _GOOD:
        SKYBILL.walk({"answers": [answer]}, out, context)
    else:
        out.error(f"{text_of(answer, 'errorCode')}: {text_of(answer, 'errorMessage')}")


def _with_fault(row: Any) -> Any:
    # 207 is the code of a list in which some numbers have an answer and some have none
    failed = text_of(row, "returnCode") not in _GOOD and not dig(row, "shipment.event")
    return {**row, "fault": row} if isinstance(row, dict) and failed else row


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events with their offsets; the oldest version of the API knows days only."""
    return read_payload(payload, context, _walk)
