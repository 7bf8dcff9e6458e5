"""Canada Post: tracking detail and tracking summary (XML)."""

from __future__ import annotations

import re
from typing import Any

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where, build_place
from milepost.carriers.toolkit.times import When, join_when, need_when
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.place import Place
from milepost.domain.scan import ParseContext, Parsed

# Abbreviations mean one offset each in North America, which an event with a province is in.
_OFFSETS = {
    "NST": "-03:30", "NDT": "-02:30", "AST": "-04:00", "ADT": "-03:00", "EST": "-05:00",
    "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00",
    "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
_SHORT_CODE = 3
_PROVINCES = {"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"}
_TO_SENDER = re.compile(r"sender|exp[ée]diteur", re.IGNORECASE)
# Codes that serve both ways: only the words tell whether the parcel is on its way back.
_BOTH_WAYS = {"0174", "1412", "1479", "1496", "1498", "2412"}
_FAULT = Fault(rows="**.message", text=("description",), code=("code",))


def _time(event: Any) -> When:
    zone = text_of(event, "event-time-zone")
    zone = _OFFSETS.get(zone or "", zone) if text_of(event, "event-province") else zone
    when = join_when(dig(event, "event-date"), dig(event, "event-time"), zone)
    return when or need_when(f"{dig(event, 'event-date')} {dig(event, 'event-time')}")


def _code(event: Any) -> str | None:
    # the carrier's own table leaves off the leading zero that its answers write
    code = (text_of(event, "event-identifier") or "").strip()
    code = code.zfill(4) if len(code) == _SHORT_CODE else code
    words = text_of(event, "event-description") or ""
    return f"{code}:return" if code in _BOTH_WAYS and _TO_SENDER.search(words) else code or None


def _place(event: Any) -> Place | None:
    province, site = text_of(event, "event-province"), text_of(event, "event-site")
    country = "CA" if province in _PROVINCES else None
    facility = text_of(event, "event-retail-name")
    return build_place(facility=facility, city=site, region=province, country=country)


DETAIL = Wire(
    carrier="canada-post",
    shipments=("**.tracking-detail",),
    number=("pin", "original-pin"),
    events=("significant-events.occurrence",),
    read_time=_time,
    read_code=_code,
    text=("event-description",),
    read_place=_place,
    faults=(_FAULT,),
    latest=("changed-expected-date", "expected-delivery-date"),
    facts=FactPaths(
        service=("service-name",),
        order_number=("customer-ref-1",),
        destination=Where(postal_code=("destination-postal-id",)),
        signed_by=("significant-events.occurrence.0.signatory-name",),
        links=("original-pin", "return-pin"),
    ),
)
SUMMARY = Wire(
    carrier="canada-post",
    shipments=("**.pin-summary",),
    number=("pin",),
    events=("",),
    time=("event-date-time",),
    formats=("%Y%m%d:%H%M%S",),
    code=("event-type",),
    text=("event-description",),
    place=Where(name=("event-location",)),
    latest=("expected-delivery-date",),
    facts=FactPaths(
        service=("service-name",),
        order_number=("customer-ref-1",),
        destination=Where(postal_code=("destination-postal-id",)),
        signed_by=("signatory-name",),
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events; the zone that stands beside the local time gives the offset."""
    return read_payload(payload, context, DETAIL.walk, SUMMARY.walk)
