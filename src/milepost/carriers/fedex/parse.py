"""FedEx Track API: `completeTrackResults` holds `trackResults` holds `scanEvents`."""

from __future__ import annotations

from datetime import time
from typing import Any

from milepost.carriers.toolkit.collect import Collector
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import beside, read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.times import When, need_when, read_when
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

_MIDNIGHT = time()


def _time(event: Any) -> When:
    when = need_when(dig(event, "date"))
    return _day(when) if when.at.tzinfo is None else when


def _day(when: When) -> When:
    # midnight is how FedEx writes a day whose time it does not know
    return When(when.at, when.date_only or when.at.time() == _MIDNIGHT)


def _text(event: Any) -> str | None:
    event_text = text_of(event, "eventDescription", "derivedStatus")
    reason = text_of(event, "exceptionDescription")
    if not event_text or not reason or reason.casefold() in event_text.casefold():
        return event_text or reason
    return f"{event_text}: {reason}"


def _window(result: Any) -> tuple[When | None, When | None]:
    for name in ("estimatedDeliveryTimeWindow", "standardTransitTimeWindow"):
        window = dig(result, f"{name}.window")
        begin, end = read_when(dig(window, "begins")), read_when(dig(window, "ends"))
        if begin or end:
            return begin and _day(begin), end and _day(end)
    dated = _dated(result, "ESTIMATED_DELIVERY")
    return None, dated and _day(dated)


def _dated(result: Any, kind: str) -> When | None:
    rows = rows_at(result, "dateAndTimes", strict=False)
    found = (read_when(dig(row, "dateTime")) for row in rows if dig(row, "type") == kind)
    return next(found, None)


def _address(prefix: str) -> Where:
    return Where(
        city=(f"{prefix}.city",),
        region=(f"{prefix}.stateOrProvinceCode",),
        postal_code=(f"{prefix}.postalCode",),
        country=(f"{prefix}.countryCode",),
    )


_SCAN_PLACE = Where(
    city=("scanLocation.city",),
    region=("scanLocation.stateOrProvinceCode",),
    postal_code=("scanLocation.postalCode",),
    country=("scanLocation.countryCode",),
)
TRACK = Wire(
    carrier="fedex",
    shipments=("results",),
    number=("trackingNumberInfo.trackingNumber", "asked"),
    events=("scanEvents",),
    read_time=_time,
    code=("eventType", "derivedStatusCode"),
    read_text=_text,
    place=_SCAN_PLACE,
    faults=(
        Fault(rows="errors", text=("message",), code=("code",)),
        Fault(rows="output.alerts", text=("message",), code=("code",)),
    ),
    shipment_faults=(Fault(rows="error", text=("message",), code=("code",)),),
    read_window=_window,
    facts=FactPaths(
        service=("serviceDetail.description",),
        weight="packageDetails.weightAndDimensions.weight.0.value",
        unit="packageDetails.weightAndDimensions.weight.0.unit",
        pieces=("packageDetails.count",),
        origin=_address("shipperInformation.address"),
        destination=_address("recipientInformation.address"),
        signed_by=("deliveryDetails.receivedByName",),
    ),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    results: list[Any] = []
    for complete in rows_at(data, "output.completeTrackResults"):
        inner = rows_at(complete, "trackResults") if isinstance(complete, dict) else [complete]
        asked = text_of(complete, "trackingNumber")
        results += [{**row, "asked": asked} if isinstance(row, dict) else row for row in inner]
    TRACK.walk(beside(data, results=results), out, context)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All events of all results, also where one number stands for several shipments."""
    return read_payload(payload, context, _walk)
