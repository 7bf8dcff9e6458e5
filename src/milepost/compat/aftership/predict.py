"""`estimated-delivery-date`: when a parcel that is not yet sent would arrive."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from milepost.compat.aftership import VENDOR, countries, lanes
from milepost.compat.aftership.answering import Answer, Asked, Handler
from milepost.compat.aftership.desk import Desk
from milepost.compat.aftership.engaging import moment_of
from milepost.compat.aftership.faults import FaultError
from milepost.domain.track import Track

MOST_AT_ONCE = 5
# The newest parcels of a carrier that are looked at, and how long that is remembered.
LOOK_AT = 200
REMEMBER_S = 600
MOST_REMEMBERED = 1_000
_ECHOED = (
    "slug", "service_type_name", "origin_address", "destination_address", "weight",
    "package_count", "pickup_time", "estimated_pickup",
)  # fmt: skip
_MOVED = ("picked_up", "in_transit")
_CUTOFF = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")
Lane = tuple[int, str, str | None, str | None]


def handlers(desk: Desk) -> dict[str, Handler]:
    """By the name of the call."""
    estimator = Estimator(desk)
    return {
        "predict": partial(predict, estimator),
        "predict_batch": partial(predict_batch, estimator),
    }


async def predict(estimator: Estimator, asked: Asked) -> Answer:
    return Answer(await estimator.estimate(asked.tenant, asked.body(), ""))


async def predict_batch(estimator: Estimator, asked: Asked) -> Answer:
    name = "estimated_delivery_dates"
    wanted = asked.body().get(name)
    if not wanted:
        raise FaultError(4009, name)
    if not isinstance(wanted, list) or len(wanted) > MOST_AT_ONCE:
        raise FaultError(4008, name)
    found = [
        await estimator.estimate(asked.tenant, one, f"{name}.{index}.")
        for index, one in enumerate(wanted)
    ]
    return Answer({name: found})


class Estimator:
    """Estimates by lane: carrier, country of origin, country of destination."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[Lane, tuple[int, list[lanes.Sample]]] = {}

    async def estimate(self, tenant: int, wanted: Any, where: str) -> dict[str, Any]:
        """One estimate, with what was asked. `where`: what to call it in a fault."""
        if not isinstance(wanted, dict):
            raise FaultError(4008, where.rstrip("."))
        slug = _needed(wanted, "slug", where)
        if not isinstance(slug, str) or not self._desk.services.crosswalk.slug_of(VENDOR, slug):
            raise FaultError(4010)
        ends = [_country(wanted, f"{end}_address", where) for end in ("origin", "destination")]
        pickup, shown = _pickup(wanted, where)
        samples = await self._samples((tenant, slug.lower(), ends[0], ends[1]))
        return {
            "id": secrets.token_hex(16),
            **{name: wanted.get(name) for name in _ECHOED},
            "estimated_pickup": shown,
            **lanes.estimate(samples, pickup),
        }

    async def _samples(self, lane: Lane) -> list[lanes.Sample]:
        now_s = self._desk.services.now_us() // 1_000_000
        at_s, samples = self._known.get(lane, (-REMEMBER_S, []))
        if now_s - at_s < REMEMBER_S:
            return samples
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        samples = await self._look(lane)
        self._known[lane] = (now_s, samples)
        return samples

    async def _look(self, lane: Lane) -> list[lanes.Sample]:
        tenant, slug, origin, destination = lane
        watches = await self._desk.services.watches.page(
            tenant, VENDOR, limit=LOOK_AT, filters={"carrier_code": slug}, newest_first=True
        )
        samples: list[lanes.Sample] = []
        for watch in watches:
            track = await self._desk.road(watch)
            if track is not None and _on_lane(track, origin, destination):
                samples += _sample(track)
        return samples


def _needed(wanted: dict[str, Any], name: str, where: str) -> Any:
    value = wanted.get(name)
    if value is None or value == "":
        raise FaultError(4009, where + name)
    return value


def _country(wanted: dict[str, Any], name: str, where: str) -> str | None:
    address = _needed(wanted, name, where)
    if not isinstance(address, dict):
        raise FaultError(4008, where + name)
    given = address.get("country_region") or address.get("country")
    country = countries.alpha2(given) if isinstance(given, str) else None
    if given and country is None:
        raise FaultError(4008, f"{where}{name}.country_region")
    return country


def _pickup(wanted: dict[str, Any], where: str) -> tuple[datetime, dict[str, Any] | None]:
    """When it is picked up, and the `estimated_pickup` to show."""
    shop = wanted.get("estimated_pickup")
    if (given := wanted.get("pickup_time")) is not None:
        return moment_of(given, f"{where}pickup_time"), shop
    if shop is None:
        raise FaultError(4009, f"{where}pickup_time")
    where = f"{where}estimated_pickup"
    if not isinstance(shop, dict):
        raise FaultError(4008, where)
    at = lanes.pickup_at(_shop(shop, where))
    return at, shop | {"pickup_time": at.strftime("%Y-%m-%d %H:%M:%S")}


def _shop(given: dict[str, Any], where: str) -> lanes.Pickup:
    cutoff = given.get("order_cutoff_time")
    if cutoff is not None and not (isinstance(cutoff, str) and _CUTOFF.fullmatch(cutoff)):
        raise FaultError(4008, f"{where}.order_cutoff_time")
    days = given.get("business_days") or []
    if not isinstance(days, list) or not all(one in range(1, 8) for one in days):
        raise FaultError(4008, f"{where}.business_days")
    takes = (given.get("order_processing_time") or {}).get("value") or 0
    if not isinstance(takes, int | float) or not 0 <= takes <= 365:
        raise FaultError(4008, f"{where}.order_processing_time")
    ordered_at = moment_of(_needed(given, "order_time", f"{where}."), f"{where}.order_time")
    return lanes.Pickup(ordered_at, cutoff, frozenset(days), takes)


def _on_lane(track: Track, origin: str | None, destination: str | None) -> bool:
    """A road whose ends are not known may be of any lane, so it is of none."""
    for wanted, place in ((origin, track.origin), (destination, track.destination)):
        if wanted is not None and (place is None or place.country != wanted):
            return False
    return True


def _sample(track: Track) -> Iterator[lanes.Sample]:
    first = {one.main: one.at for one in track.milestones}
    start = next((first[main] for main in _MOVED if main in first), None)
    if start is None:
        return
    if track.status.main == "delivered" and track.status.since:
        yield lanes.Sample(_days(start, track.status.since), True)
    elif track.arrival is not None and track.arrival.source == "carrier_promise":
        yield lanes.Sample(_days(start, track.arrival.latest), False)


def _days(start: str, end: str) -> float:
    """By the calendar of both ends: clocks may be hours apart, and dates are what is asked for."""
    first, last = (datetime.fromisoformat(text[:10]) for text in (start, end))
    return max(0.0, (last - first).days)
