"""What a parcel's road learns from an event: scans, one for each number that it is about."""

from __future__ import annotations

from milepost.domain.scan import Scan
from milepost.domain.status import SUB_CODE
from milepost.epcis.mapping import TABLE, extension_text, numbers_of, status_of, text_of
from milepost.epcis.model import Event
from milepost.epcis.where import NOWHERE, Locations, place_of

UNKNOWN = "unknown"


def scans_of(event: Event, known: Locations = NOWHERE) -> list[Scan]:
    """The scans of an event. Its words never pass through the reader of texts: what they do not
    tell by the table stays unknown. An error declaration tells of no new scan.
    """
    if event.biz_step in TABLE.silent:
        return []
    sub = status_of(event)
    code = sub if sub in SUB_CODE else UNKNOWN
    text = (extension_text(event, "text") or text_of(event))[:4_000]
    place = place_of(event, known)
    return [
        Scan(
            number=number,
            occurred_at=event.at,
            carrier=extension_text(event, "carrier"),
            code=code,
            text=text,
            place=place,
            order_number=extension_text(event, "orderNumber"),
        )
        for number in numbers_of(event)
    ]
