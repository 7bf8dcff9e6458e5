"""AfterShip: a tracking, a list of them, a last checkpoint or a webhook; v4 and dated versions.

`checkpoint_time` is local and has an offset only sometimes; `created_at` is when AfterShip noticed
and is never taken for the event's time. Only the courier's own estimate is a promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import PayloadError, read_json
from milepost.carriers.toolkit.promises import latest, promise
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.times import need_when, read_when
from milepost.carriers.toolkit.tree import dig, integer_of, object_of, text_of
from milepost.carriers.toolkit.units import country_code, read_point, weight_g
from milepost.domain.place import Place
from milepost.domain.scan import Facts, LinkedNumber, ParseContext, Parsed, Scan

SLUG = "aftership"
CARRIERS = load_table(__package__, "carriers.toml", "carriers")
_FIRST_ERROR = 400
_TRACKING_KEYS = {"tracking_number", "checkpoints", "checkpoint"}


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """Reads an API answer or a webhook."""
    try:
        body = read_json(payload, context.content_type)
    except PayloadError as error:
        return unreadable(payload, str(error))
    collector = Collector()
    failed = (integer_of(body, "meta.code") or 0) >= _FIRST_ERROR
    if failed:
        collector.error(_error(object_of(body, "meta")))
    found = list(_trackings(body))
    if not found and not failed:
        return unreadable(payload, "no AfterShip answer")
    for where, tracking in found:
        _read_tracking(collector, tracking, where, context)
    return collector.parsed()


def _error(meta: dict[str, Any]) -> str:
    parts = (text_of(meta, "code"), text_of(meta, "type"), text_of(meta, "message"))
    return " ".join(part for part in parts if part)


def _trackings(body: Any) -> Iterator[tuple[str, Any]]:
    """Every tracking, whatever it is wrapped in: data, msg, tracking, trackings."""
    for key in ("data", "msg", "tracking"):
        if isinstance(dig(body, key), dict):
            for where, tracking in _trackings(body[key]):
                yield f"{key}.{where}", tracking
            return
    if isinstance(dig(body, "trackings"), list):
        for index, tracking in enumerate(body["trackings"]):
            yield f"trackings[{index}].", tracking
    elif isinstance(body, dict) and _TRACKING_KEYS & body.keys():
        yield "", body


def _read_tracking(collector: Collector, tracking: Any, where: str, context: ParseContext) -> None:
    if not isinstance(tracking, dict) or not _TRACKING_KEYS & tracking.keys():
        collector.miss(where.rstrip("."), "no tracking", tracking)
        return
    number = text_of(tracking, "tracking_number") or context.number
    slug = text_of(tracking, "slug")
    before = len(collector.scans)
    rows = collector.rows(tracking, where, "checkpoints", "checkpoint")
    collector.each(rows, f"{where}checkpoints", lambda row: _scan(row, number, slug))
    if number:
        _promise(collector, tracking, number, collector.scans[before:], context)
        _facts(collector, tracking, number)


def _scan(row: Any, number: str | None, slug: str | None) -> Scan:
    if not number:
        raise ScanError("no tracking_number")
    when = need_when(dig(row, "checkpoint_time"))
    return Scan(
        number=number,
        occurred_at=when.at,
        date_only=when.date_only,
        carrier=CARRIERS.get(text_of(row, "slug") or slug or ""),
        code=text_of(row, "subtag", "tag"),
        code_set=SLUG,
        text=text_of(row, "message"),
        place=_place(row),
        actor="user" if text_of(row, "source") == "user" else None,
    )


def _place(row: Any) -> Place | None:
    coordinate = object_of(row, "coordinate") or object_of(row, "coordinates")
    latitude, longitude = (
        _point(dig(row, "coordinates"))
        or read_point(coordinate.get("latitude"), coordinate.get("longitude"))
        or (None, None)
    )
    place = Place(
        name=text_of(row, "location"),
        city=text_of(row, "city"),
        region=text_of(row, "state"),
        country=_country(row),
        postal_code=text_of(row, "postal_code", "zip"),
        latitude=latitude,
        longitude=longitude,
    )
    return None if place == Place() else place


def _point(pair: Any) -> tuple[float, float] | None:
    """v4 writes coordinates as [longitude, latitude]."""
    return read_point(pair[1], pair[0]) if isinstance(pair, list) and len(pair) == 2 else None


def _country(row: Any) -> str | None:
    names = ("country_region", "country_iso3", "country_region_name", "country_name")
    return next((code for name in names if (code := country_code(dig(row, name)))), None)


def _promise(
    collector: Collector,
    tracking: dict[str, Any],
    number: str,
    scans: list[Scan],
    context: ParseContext,
) -> None:
    estimate = object_of(tracking, "courier_estimated_delivery_date")
    exact = text_of(estimate, "estimated_delivery_date") or text_of(tracking, "expected_delivery")
    start = read_when(text_of(estimate, "estimated_delivery_date_min") or exact)
    end = read_when(text_of(estimate, "estimated_delivery_date_max") or exact)
    updated = read_when(tracking.get("updated_at"))
    last = latest((scan.occurred_at for scan in scans), context.received_at)
    carrier = CARRIERS.get(text_of(tracking, "slug") or "")
    if scan := promise(number, updated.at if updated else last, start, end, carrier=carrier):
        collector.scans.append(scan)


def _facts(collector: Collector, tracking: dict[str, Any], number: str) -> None:
    carrier = CARRIERS.get(text_of(tracking, "slug") or "")
    facts = Facts(
        number=number,
        carrier=carrier,
        service=text_of(tracking, "shipment_type", "shipping_method"),
        order_number=text_of(tracking, "order_number", "order_id"),
        weight_g=_weight(tracking),
        pieces=integer_of(tracking, "shipment_package_count"),
        origin=_end(tracking, "origin"),
        destination=_end(tracking, "destination"),
        signed_by=text_of(tracking, "signed_by"),
        linked=tuple(_linked(tracking, number)),
    )
    if facts != Facts(number=number, carrier=carrier):
        collector.facts.append(facts)


def _weight(tracking: dict[str, Any]) -> int | None:
    weight = tracking.get("shipment_weight")
    if isinstance(weight, dict):
        return weight_g(weight.get("value"), weight.get("unit"))
    return weight_g(weight, tracking.get("shipment_weight_unit"))


def _end(tracking: dict[str, Any], end: str) -> Place | None:
    place = Place(
        name=text_of(tracking, f"{end}_raw_location"),
        city=text_of(tracking, f"{end}_city"),
        region=text_of(tracking, f"{end}_state"),
        country=country_code(text_of(tracking, f"{end}_country_region", f"{end}_country_iso3")),
        postal_code=text_of(tracking, f"{end}_postal_code"),
    )
    return None if place == Place() else place


def _linked(tracking: dict[str, Any], number: str) -> Iterator[LinkedNumber]:
    for mile in ("first_mile", "last_mile"):
        other = text_of(tracking, f"{mile}.tracking_number")
        if other and other != number:
            carrier = CARRIERS.get(text_of(tracking, f"{mile}.slug") or "")
            yield LinkedNumber(number=other, carrier=carrier)
