"""UPS: answers of the Track API and pushes of Track Alert."""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.clocks import offset_from_utc
from milepost.carriers.toolkit.collect import Collector, ScanError
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault, tell_faults
from milepost.carriers.toolkit.payload import read_payload, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.times import When, join_when, read_zone
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import LinkedNumber, ParseContext, Parsed

_WINDOWS = {"EDW", "IDW", "CDW"}
_PROMISED = ("RDD", "SDD")
_ENDS = ("origin", "destination")
_PARTNERS = {"USPS_PIC": "usps"}
_WARNING = Fault(rows="warnings", text=("message",), code=("code",))


def _time(event: Any) -> When:
    local = join_when(dig(event, "date"), dig(event, "time"), dig(event, "gmtOffset"))
    utc = join_when(dig(event, "gmtDate"), dig(event, "gmtTime"))
    when = _best(local, utc, dig(event, "date"))
    zone = read_zone(dig(event, "gmtOffset"))
    return When(when.at.astimezone(zone), when.date_only) if local is None and zone else when


def _best(local: When | None, utc: When | None, shown: Any) -> When:
    when = offset_from_utc(local, utc)
    if when is None:
        raise ScanError(f"not a time: {shown}"[:90])
    return when


def _window(package: Any) -> tuple[When | None, When | None]:
    rows = rows_at(package, "deliveryDate", strict=False)
    dates = {dig(row, "type"): dig(row, "date") for row in rows if isinstance(row, dict)}
    day = next((dates[kind] for kind in _PROMISED if kind in dates), None)
    hours = (
        dig(package, "deliveryTime") if text_of(package, "deliveryTime.type") in _WINDOWS else {}
    )
    return join_when(day, dig(hours, "startTime")), join_when(day, dig(hours, "endTime"))


def _links(package: Any) -> list[LinkedNumber]:
    rows = rows_at(package, "alternateTrackingNumber", strict=False)
    return [
        LinkedNumber(number=number, carrier=_PARTNERS.get(text_of(row, "type") or ""))
        for row in rows
        if (number := text_of(row, "number"))
    ]


def _address(prefix: str) -> Where:
    return Where(
        city=(f"{prefix}address.city",),
        region=(f"{prefix}address.stateProvince",),
        postal_code=(f"{prefix}address.postalCode",),
        country=(f"{prefix}address.countryCode", f"{prefix}address.country"),
    )


TRACK = Wire(
    carrier="ups",
    shipments=("packages",),
    number=("trackingNumber", "inquiryNumber"),
    events=("activity",),
    read_time=_time,
    code=("status.code", "status.type"),
    text=("status.description",),
    place=_address("location."),
    read_window=_window,
    facts=FactPaths(
        service=("service.description",),
        weight="weight.weight",
        unit="weight.unitOfMeasurement",
        pieces=("packageCount",),
        origin=_address("origin."),
        destination=_address("destination."),
        signed_by=("deliveryInformation.receivedBy",),
        read_links=_links,
    ),
)


def _alert_time(alert: Any) -> When:
    local = join_when(dig(alert, "localActivityDate"), dig(alert, "localActivityTime"))
    utc = join_when(dig(alert, "gmtActivityDate"), dig(alert, "gmtActivityTime"))
    return _best(local, utc, dig(alert, "localActivityDate"))


ALERT = Wire(
    carrier="ups",
    shipments=("alerts",),
    number=("trackingNumber",),
    events=("events",),
    read_time=_alert_time,
    code=("activityStatus.code", "activityStatus.type"),
    text=("activityStatus.description",),
    place=Where(
        city=("activityLocation.city",),
        region=("activityLocation.stateProvince",),
        postal_code=("activityLocation.postalCode",),
        country=("activityLocation.country",),
    ),
    latest=("scheduledDeliveryDate",),
)


def _walk(data: Any, out: Collector, context: ParseContext) -> None:
    tell_faults(data, (Fault(rows="**.errors", text=("message",), code=("code",)),), out)
    packages: list[Any] = []
    for shipment in rows_at(data, "trackResponse.shipment"):
        tell_faults(shipment, (_WARNING,), out)
        packages += _packages(shipment)
    TRACK.walk({"packages": packages}, out, context)
    if isinstance(data, dict) and "activityStatus" in data:
        ALERT.walk({"alerts": [{**data, "events": [data]}]}, out, context)


def _packages(shipment: Any) -> list[Any]:
    if not isinstance(shipment, dict):
        return [shipment]
    inquiry = text_of(shipment, "inquiryNumber")
    rows = rows_at(shipment, "package", strict=False)
    return [_with_addresses(row, inquiry) if isinstance(row, dict) else row for row in rows]


def _with_addresses(package: dict[str, Any], inquiry: str | None) -> dict[str, Any]:
    rows = rows_at(package, "packageAddress", strict=False)
    kinds = {str(dig(row, "type")).lower(): row for row in rows}
    return {**package, "inquiryNumber": inquiry, **{k: kinds.get(k) for k in _ENDS}}


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All activities of all packages, with the offset that their UTC twins give."""
    return read_payload(payload, context, _walk)
