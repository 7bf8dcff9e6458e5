"""What a client tells of a shipment goes on to the engine: facts, promises, its end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from milepost.compat.aftership import countries
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.slugs import carrier_for
from milepost.compat.core import CompatServices, Watch
from milepost.domain.moment import to_datetime
from milepost.domain.place import Place
from milepost.domain.scan import Facts, LinkedNumber, Scan
from milepost.places import zone_of

# Reason of "mark as completed" → what has happened.
REASONS = {
    "DELIVERED": "delivered",
    "LOST": "exception.lost",
    "RETURNED_TO_SENDER": "returned",
}
_PROMISE = "order_promised_delivery_date"
# How the fields begin of which facts are made.
_OF_FACTS = ("tracking_number", "slug", "shipping_method", "order_", "origin_", "destination_")


async def announce(services: CompatServices, watch: Watch, told: Collection[str]) -> None:
    """Facts and the merchant's promise, if any of the fields told speaks of them. No event: a
    tracking begins as `Pending`.
    """
    facts = _facts(services, watch)
    if facts != Facts(number=watch.number) and any(name.startswith(_OF_FACTS) for name in told):
        await services.journey.add_facts(watch.tenant, "merchant", [facts])
    if facts.linked and "last_mile" in told:
        await services.registrar.learn(watch.tenant, [facts])
    promise = _promise(watch, facts, services.now_us()) if _PROMISE in told else None
    if promise is not None:
        body = msgspec.json.encode([promise])
        await services.journey.take_given(watch.tenant, "merchant", body, [promise])


def read_end(services: CompatServices, watch: Watch, reason: Any, at: Any) -> Scan:
    """How it ended, as the merchant says. Raises FaultError."""
    if reason is None:
        raise FaultError(4009, "reason")
    if not isinstance(reason, str) or reason not in REASONS:
        raise FaultError(4008, "reason")
    now = datetime.fromtimestamp(services.now_us() // 1_000_000, UTC)
    return Scan(
        number=watch.number,
        carrier=watch.carrier,
        occurred_at=now if at is None else moment_of(at, "event_datetime"),
        code=REASONS[reason],
        actor="user",
    )


async def complete_with(services: CompatServices, watch: Watch, ended: Scan) -> None:
    """Its last event. Raises FaultError for a time that cannot be."""
    body = msgspec.json.encode([ended])
    receipt = await services.journey.take_given(watch.tenant, "merchant", body, [ended])
    if receipt.rejected:
        raise FaultError(4008, "event_datetime")


def moment_of(given: Any, field: str) -> datetime:
    """A time as clients write it; without an offset it stays so. Raises FaultError 4008."""
    try:
        # A plus sign that was not escaped in a query has become a blank.
        return datetime.fromisoformat(given.strip().replace(" ", "+") if "T" in given else given)
    except (ValueError, TypeError, AttributeError):
        raise FaultError(4008, field) from None


def _facts(services: CompatServices, watch: Watch) -> Facts:
    one = watch.options
    return Facts(
        number=watch.number,
        carrier=watch.carrier,
        service=_text(one.get("shipping_method")),
        order_number=_text(one.get("order_number")) or _text(one.get("order_id")),
        origin=_end(one, "origin"),
        destination=_end(one, "destination"),
        linked=_linked(services, one.get("last_mile"), watch),
    )


def _text(given: Any) -> str | None:
    return given[:200].replace("\x00", "") or None if isinstance(given, str) else None


def _end(options: dict[str, Any], end: str) -> Place | None:
    place = Place(
        name=_text(options.get(f"{end}_raw_location")),
        city=_text(options.get(f"{end}_city")),
        region=_text(options.get(f"{end}_state")),
        country=countries.alpha2(_text(options.get(f"{end}_country_region"))),
        postal_code=_text(options.get(f"{end}_postal_code")),
    )
    return None if place == Place() else place


def _linked(services: CompatServices, given: Any, watch: Watch) -> tuple[LinkedNumber, ...]:
    number = _text((given or {}).get("tracking_number"))
    if number is None or number == watch.number:
        return ()
    slug = _text(given.get("slug"))
    carrier = carrier_for(services.crosswalk, slug) if slug else None
    return (LinkedNumber(number=number, carrier=carrier),)


def _promise(watch: Watch, facts: Facts, now_us: int) -> Scan | None:
    """The promise to the buyer, on the destination's clock; none without one, or if unreadable."""
    told = watch.options.get(_PROMISE) or {}
    name = "promised_delivery_date"
    last = _day(told.get(f"{name}_max") or told.get(name), facts.destination, ends=True)
    if last is None:
        return None
    return Scan(
        number=watch.number,
        carrier=watch.carrier,
        # To the microsecond: of two promises of one second the later one counts.
        occurred_at=to_datetime(now_us, 0),
        code="promise",
        estimated_from=_day(told.get(f"{name}_min"), facts.destination, ends=False),
        estimated_to=last,
    )


def _day(given: Any, place: Place | None, *, ends: bool) -> datetime | None:
    try:
        moment = datetime.fromisoformat(given)
    except (ValueError, TypeError):
        return None
    if ends and len(given) <= 10:
        moment += timedelta(hours=23, minutes=59)
    zone = zone_of(place)
    return moment.replace(tzinfo=ZoneInfo(zone)) if zone and moment.tzinfo is None else moment
