"""17TRACK v2.2 and v2.4: gettrackinfo answers, webhooks, rejections. All providers' events count.

A time is taken with the offset that 17TRACK knows; where it knows only the local time, it stays
naive. Only estimates marked "Official" are promises: the others are 17TRACK's own predictions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import PayloadError, read_json
from milepost.carriers.toolkit.promises import latest, promise
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.times import When, join_when, need_when, read_when
from milepost.carriers.toolkit.tree import as_text, dig, integer_of, object_of, rows_of, text_of
from milepost.carriers.toolkit.units import country_code, read_point, weight_g
from milepost.domain.place import Place
from milepost.domain.scan import Facts, LinkedNumber, ParseContext, Parsed, Scan

SLUG = "17track"
CARRIERS = load_table(__package__, "carriers.toml", "carriers")


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """Reads an API answer (several numbers) or a webhook (one)."""
    try:
        body = read_json(payload, context.content_type)
    except PayloadError as error:
        return unreadable(payload, str(error))
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict | list):
        return unreadable(payload, "no 17TRACK answer")
    collector = Collector()
    _read_errors(collector, body)
    for where, item in _items(body):
        if isinstance(item, dict) and not _is_echo(item):
            _Item(collector, item, context).read(where)
        elif not isinstance(item, dict):
            collector.miss(where, "not an object", item)
    return collector.parsed()


def _items(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    data = body["data"]
    if isinstance(data, dict) and ("number" in data or "track_info" in data):
        yield "data", data
        return
    rows = data if isinstance(data, list) else rows_of(data, "accepted")
    for index, item in enumerate(rows):
        yield f"data.accepted[{index}]", item


def _is_echo(item: dict[str, Any]) -> bool:
    """An accepted registration repeats the number; it has no track yet."""
    return "number" in item and "track_info" not in item


def _read_errors(collector: Collector, body: dict[str, Any]) -> None:
    if text_of(body, "event") == "TRACKING_STOPPED":
        collector.error("17TRACK stopped tracking this number")
    for row in rows_of(body, "data.errors"):
        collector.error(_error(row))
    for row in rows_of(body, "data.rejected"):
        number, message = text_of(row, "number"), _error(dig(row, "error"))
        collector.error(f"{number}: {message}" if number else message)


def _error(row: Any) -> str:
    code, message = text_of(row, "code"), text_of(row, "message")
    return " ".join(part for part in (code, message) if part) or "rejected"


class _Item:
    """One number with its track."""

    def __init__(self, collector: Collector, item: dict[str, Any], context: ParseContext) -> None:
        self.collector = collector
        self.track = object_of(item, "track_info")
        self.received_at = context.received_at
        self.number = text_of(item, "number") or context.number
        self.carrier = CARRIERS.get(text_of(item, "carrier") or "")

    def read(self, where: str) -> None:
        before = len(self.collector.scans)
        place = f"{where}.track_info."
        providers = self.collector.rows(self.track, place, "tracking.providers")
        if not self.track:
            self.collector.miss(f"{where}.track_info", "no track_info")
        for index, provider in enumerate(providers):
            self._read_provider(provider, f"{place}tracking.providers[{index}]")
        if not providers and dig(self.track, "latest_event"):
            rows = rows_of(self.track, "latest_event")
            self.collector.each(rows, f"{where}.latest_event", lambda row: self._scan(row, None))
        if self.number:
            self._promise(self.number, self.collector.scans[before:])
            self._facts(self.number)

    def _read_provider(self, provider: Any, where: str) -> None:
        if not isinstance(provider, dict) or "events" not in provider:
            self.collector.miss(where, "no provider with events", provider)
            return
        carrier = CARRIERS.get(text_of(provider, "provider.key") or "")
        events = self.collector.rows(provider, f"{where}.", "events")
        self.collector.each(events, f"{where}.events", lambda row: self._scan(row, carrier))

    def _scan(self, row: Any, carrier: str | None) -> Scan:
        if not self.number:
            raise ScanError("no number")
        when = _when(row)
        return Scan(
            number=self.number,
            occurred_at=when.at,
            date_only=when.date_only,
            carrier=carrier or self.carrier,
            code=text_of(row, "sub_status", "stage"),
            code_set=SLUG,
            text=text_of(row, "description"),
            place=_place(row),
        )

    def _promise(self, number: str, scans: list[Scan]) -> None:
        estimate = object_of(self.track, "time_metrics.estimated_delivery_date")
        if text_of(estimate, "source") != "Official":
            return
        start, end = read_when(estimate.get("from")), read_when(estimate.get("to"))
        synced = (
            when.at
            for row in rows_of(self.track, "tracking.providers")
            if (when := read_when(dig(row, "latest_sync_time")))
        )
        last = latest((scan.occurred_at for scan in scans), self.received_at)
        if scan := promise(number, latest(synced, last), start, end, carrier=self.carrier):
            self.collector.scans.append(scan)

    def _facts(self, number: str) -> None:
        misc = object_of(self.track, "misc_info")
        facts = Facts(
            number=number,
            carrier=self.carrier,
            service=text_of(misc, "service_type"),
            order_number=text_of(misc, "reference_number"),
            weight_g=weight_g(misc.get("weight_kg"), "kg"),
            pieces=integer_of(misc, "pieces"),
            origin=_address(object_of(self.track, "shipping_info.shipper_address")),
            destination=_address(object_of(self.track, "shipping_info.recipient_address")),
            linked=_linked(misc, number),
        )
        if facts != Facts(number=number, carrier=self.carrier):
            self.collector.facts.append(facts)


def _when(row: Any) -> When:
    raw = join_when(*(dig(row, f"time_raw.{part}") for part in ("date", "time", "timezone")))
    found = [read_when(dig(row, "time_iso")), raw, read_when(dig(row, "time_utc"))]
    known = [when for when in found if when is not None]
    if not known:
        return need_when(dig(row, "time_iso"), dig(row, "time_raw.date"), dig(row, "time_utc"))
    when = next((when for when in known if when.at.tzinfo), known[0])
    # midnight is filled in where the carrier gave no time of day
    bare = raw is not None and raw.date_only and (when.at.hour, when.at.minute) == (0, 0)
    return When(when.at, when.date_only or bare)


def _place(row: Any) -> Place | None:
    name = text_of(row, "location")
    address = _address(object_of(row, "address"))
    if address is None:
        return Place(name=name) if name else None
    return address if name is None else replace(address, name=name)


def _address(data: dict[str, Any]) -> Place | None:
    point = read_point(dig(data, "coordinates.latitude"), dig(data, "coordinates.longitude"))
    latitude, longitude = point or (None, None)
    place = Place(
        city=text_of(data, "city"),
        region=text_of(data, "state"),
        country=country_code(data.get("country")),
        postal_code=text_of(data, "postal_code"),
        latitude=latitude,
        longitude=longitude,
    )
    return None if place == Place() else place


def _linked(misc: dict[str, Any], number: str) -> tuple[LinkedNumber, ...]:
    other = as_text(misc.get("local_number"))
    if not other or other == number:
        return ()
    carrier = CARRIERS.get(text_of(misc, "local_key") or "")
    return (LinkedNumber(number=other, carrier=carrier),)
