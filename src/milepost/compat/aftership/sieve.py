"""The filters of a list: for the database, for what the client told, for what the road says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from milepost.compat.aftership.answering import Asked
from milepost.compat.aftership.desk import split
from milepost.compat.aftership.engaging import moment_of
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.subtags import tags
from milepost.compat.core import Watch
from milepost.engine.resolve import BadScanError, checked_number

MOST_NUMBERS = 50
_KEYWORD_FIELDS = ("title", "order_id", "order_number", "customers", "custom_fields")
_SECOND_US = 1_000_000


class Sieve(Struct, kw_only=True):
    """`filters` go to the database; `fields`: tracking's field → the values that pass."""

    filters: dict[str, Any] = {}
    keyword: str = ""
    shipment_tags: set[str] = set()
    created: tuple[int | None, int | None] = (None, None)
    updated: tuple[int | None, int | None] = (None, None)
    fields: dict[str, set[Any]] = {}

    @property
    def looks_at_road(self) -> bool:
        """Whether a road has to be read to know whether a tracking passes."""
        return bool(self.fields) or self.updated != (None, None)

    @property
    def looks(self) -> bool:
        """Whether there is any filter beside those of the database."""
        return (
            self.looks_at_road
            or bool(self.keyword or self.shipment_tags)
            or self.created != (None, None)
        )

    def passes_watch(self, watch: Watch) -> bool:
        """By what the client told of it."""
        tagged = watch.options.get("shipment_tags") or []
        return (
            _within(watch.created_us, self.created)
            and (not self.shipment_tags or not self.shipment_tags.isdisjoint(tagged))
            and (not self.keyword or self.keyword in _searched(watch))
        )

    def passes(self, shown: dict[str, Any]) -> bool:
        """By its road, in the newest shape."""
        moment = datetime.fromisoformat(shown["updated_at"])
        updated_us = int(moment.timestamp()) * _SECOND_US
        return _within(updated_us, self.updated) and all(
            shown[name] in wanted for name, wanted in self.fields.items()
        )


def read_sieve(asked: Asked) -> Sieve:
    """From the parameters of a call. Raises FaultError 4008."""
    query = asked.query
    filters: dict[str, Any] = {}
    if numbers := split(query.get("tracking_numbers")):
        filters["number"] = _numbers(numbers)
    if slugs := split(query.get("slug")):
        filters["carrier_code"] = [slug.lower() for slug in slugs]
    if orders := split(query.get("order_id")):
        filters["order_id"] = orders
    return Sieve(
        filters=filters,
        keyword=query.get("keyword", "").strip().lower(),
        shipment_tags=set(split(query.get("shipment_tags"))),
        created=_span(asked, "created_at"),
        updated=_span(asked, "updated_at"),
        fields=_fields(asked),
    )


def _fields(asked: Asked) -> dict[str, set[Any]]:
    query = asked.query
    wanted: dict[str, set[Any]] = {}
    for field, name in (
        ("origin_country_region", "origin"),
        ("destination_country_region", "destination"),
        ("courier_destination_country_region", "courier_destination_country_region"),
        ("courier_destination_country_region", "courier_destination_country_iso3"),
    ):
        if found := split(query.get(name)):
            wanted[field] = {one.upper() for one in found}
    if found := split(query.get("tag")):
        if not tags().issuperset(found):
            raise FaultError(4008, "tag")
        wanted["tag"] = set(found)
    if found := split(query.get("return_to_sender")):
        if not {"true", "false"}.issuperset(found):
            raise FaultError(4008, "return_to_sender")
        wanted["return_to_sender"] = {one == "true" for one in found}
    if days := query.get("transit_time") or query.get("delivery_time"):
        if not days.isdecimal():
            raise FaultError(4008, "transit_time")
        wanted["transit_time"] = {int(days)}
    return wanted


def _numbers(given: list[str]) -> list[str]:
    if len(given) > MOST_NUMBERS:
        raise FaultError(4008, "tracking_numbers")
    found: list[str] = []
    for text in given:
        try:
            found.append(checked_number(text))
        except BadScanError:
            continue
    return found


def _span(asked: Asked, name: str) -> tuple[int | None, int | None]:
    first, last = (_instant_us(asked, f"{name}_{end}") for end in ("min", "max"))
    return first, last


def _instant_us(asked: Asked, name: str) -> int | None:
    text = asked.query.get(name)
    if not text:
        return None
    try:
        moment = moment_of(text, name)
    except FaultError:
        # Before 2025-01 an unreadable time was passed over.
        if asked.reaches("2025-01"):
            raise
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * _SECOND_US)


def _within(value_us: int, span: tuple[int | None, int | None]) -> bool:
    first, last = span
    return (first is None or value_us >= first) and (last is None or value_us <= last)


def _searched(watch: Watch) -> str:
    told = {name: watch.options.get(name) for name in _KEYWORD_FIELDS}
    return f"{watch.number} {msgspec.json.encode(told).decode()}".lower()
