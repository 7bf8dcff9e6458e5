"""USPS: Tracking API v3 (JSON) and the old Web Tools answers (`TrackResponse`)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from milepost.carriers.toolkit.clocks import offset_from_utc
from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload, rows_at
from milepost.carriers.toolkit.places import Where, build_place
from milepost.carriers.toolkit.times import When, in_zone, join_when, need_when, read_when
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.place import Place
from milepost.domain.scan import ParseContext, Parsed

_MARKUP = re.compile(r"<[^>]+>")
_DAYS = ("%B %d, %Y", "%b %d, %Y", "%m/%d/%Y")
_TO_SENDER = "original sender"


def _time(event: Any) -> When:
    local = in_zone(need_when(dig(event, "eventTimestamp")), dig(event, "GMTOffset"))
    return offset_from_utc(local, read_when(dig(event, "GMTTimestamp"))) or local


def _old_time(event: Any) -> When:
    zone = dig(event, "GMTOffset")
    local = join_when(dig(event, "EventDate"), dig(event, "EventTime"), zone, _DAYS)
    utc = read_when(dig(event, "GMTTimestamp"))
    return offset_from_utc(local, utc) or need_when(dig(event, "EventDate"), formats=_DAYS)


def _code(event: Any) -> str | None:
    return _sent_back(text_of(event, "eventCode"), text_of(event, "eventType"))


def _old_code(event: Any) -> str | None:
    return _sent_back(text_of(event, "EventCode"), text_of(event, "Event"))


def _sent_back(code: str | None, text: str | None) -> str | None:
    # one code serves "delivered" and "delivered to original sender": only the words tell
    return f"{code}:return" if code == "01" and _TO_SENDER in (text or "").lower() else code


def _place(event: Any) -> Place | None:
    state, zip_code = text_of(event, "eventState"), text_of(event, "eventZIP")
    country = text_of(event, "eventCountry") or ("US" if state or zip_code else None)
    city = text_of(event, "eventCity")
    return build_place(city=city, region=state, country=country, postal_code=zip_code)


def _old_place(event: Any) -> Place | None:
    names = ("EventCity", "EventState", "EventZIPCode", "EventCountry")
    city, state, zip_code, country = (text_of(event, name) for name in names)
    country = country or ("US" if state or zip_code else None)
    return build_place(city=city, region=state, country=country, postal_code=zip_code)


V3 = Wire(
    carrier="usps",
    shipments=("mailpieces",),
    number=("trackingNumber",),
    events=("trackingEvents",),
    read_time=_time,
    read_code=_code,
    text=("eventType",),
    read_place=_place,
    shipment_faults=(
        Fault(rows="error", text=("message", "errors.0.detail"), code=("code",)),
        Fault(rows="error_description", text=()),
    ),
    latest=("expectedDeliveryTimeStamp", "expectedDeliveryDate", "guaranteedDeliveryDate"),
    facts=FactPaths(
        service=("service",),
        origin=Where(city=("originCity",), region=("originState",), postal_code=("originZIP",)),
        destination=Where(
            city=("destinationCity",), region=("destinationState",), postal_code=("destinationZIP",)
        ),
    ),
)
WEB_TOOLS = Wire(
    carrier="usps",
    shipments=("mailpieces",),
    number=("@ID",),
    events=("events",),
    read_time=_old_time,
    read_code=_old_code,
    text=("Event",),
    read_place=_old_place,
    formats=_DAYS,
    shipment_faults=(Fault(rows="Error", text=("Description",), code=("Number",)),),
    latest=("ExpectedDeliveryDate", "PredictedDeliveryDate", "GuaranteedDeliveryDate"),
    facts=FactPaths(
        service=("service",),
        origin=Where(city=("OriginCity",), region=("OriginState",), postal_code=("OriginZip",)),
        destination=Where(
            city=("DestinationCity",), region=("DestinationState",), postal_code=("DestinationZip",)
        ),
    ),
)
_OLD_FAULTS = (Fault(rows="Error", text=("Description",), code=("Number",)),)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    if isinstance(data, dict) and ("TrackResponse" in data or "Error" in data):
        infos = [_old_piece(row) for row in rows_at(data, "TrackResponse.TrackInfo")]
        errors = [row for row in rows_at(data, "Error") if not infos]
        WEB_TOOLS.walk({"mailpieces": infos + [{"Error": row} for row in errors]}, out, context)
    elif _is_v3(data):
        pieces = [_with_service(row, "mailClass") for row in rows_at(data, "")]
        V3.walk({"mailpieces": pieces}, out, context)


def _is_v3(data: Any) -> bool:
    words = {"trackingNumber", "trackingEvents", "error"}
    return isinstance(data, list) or (isinstance(data, dict) and not words.isdisjoint(data))


def _old_piece(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    parts = ("TrackSummary", "TrackDetail")
    events = [event for part in parts for event in rows_at(row, part, strict=False)]
    return {**_with_service(row, "Class"), "events": events}


def _with_service(row: Any, name: str) -> Any:
    service = _MARKUP.sub("", unescape(text_of(row, name) or ""))
    return {**row, "service": service} if isinstance(row, dict) else row


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events, local time with the offset that stands beside it."""
    return read_payload(payload, context, _walk)
