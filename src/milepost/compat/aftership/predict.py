"""`estimated-delivery-date`: when a parcel that is not yet sent would arrive."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from milepost.compat.aftership import VENDOR, lanes
from milepost.compat.aftership.answering import Answer, Asked, Handler
from milepost.compat.aftership.cold import guessed
from milepost.compat.aftership.desk import Desk
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.slugs import carrier_for
from milepost.compat.aftership.wishes import country_of, needed, pickup_of
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
        slug = needed(wanted, "slug", where)
        carrier = isinstance(slug, str) and carrier_for(self._desk.services.crosswalk, slug)
        if not carrier:
            raise FaultError(4010)
        ends = [country_of(wanted, f"{end}_address", where) for end in ("origin", "destination")]
        pickup, shown = pickup_of(wanted, where)
        samples = await self._samples((tenant, slug.lower(), ends[0], ends[1]))
        addresses = wanted["origin_address"], wanted["destination_address"]
        told = lanes.estimate(samples, pickup) or guessed(carrier, *addresses, pickup)
        return {
            "id": secrets.token_hex(16),
            **{name: wanted.get(name) for name in _ECHOED},
            "estimated_pickup": shown,
            **told,
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
    elif track.promise is not None and track.promise.source == "carrier_promise":
        yield lanes.Sample(_days(start, track.promise.latest), False)


def _days(start: str, end: str) -> float:
    """By the calendar of both ends: clocks may be hours apart, and dates are what is asked for."""
    first, last = (datetime.fromisoformat(text[:10]) for text in (start, end))
    return max(0.0, (last - first).days)
