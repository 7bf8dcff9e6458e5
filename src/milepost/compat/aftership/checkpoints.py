"""Events of a road as AfterShip's checkpoints, oldest first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from milepost.compat.aftership import countries
from milepost.compat.aftership.slugs import slug_for
from milepost.compat.aftership.subtags import status_fields
from milepost.compat.core import Crosswalk
from milepost.domain.place import Place
from milepost.domain.track import EventView

_NOWHERE = Place()


def checkpoints(
    events: Sequence[EventView], slug: str | None, crosswalk: Crosswalk
) -> list[dict[str, Any]]:
    """Those that still stand; AfterShip knows no events that are taken back."""
    return [checkpoint(event, slug, crosswalk) for event in standing(events)]


def standing(events: Sequence[EventView]) -> list[EventView]:
    """Events that nothing takes back, without those that do nothing but take back."""
    taking = {event.retracted_by for event in events}
    return [
        event
        for event in events
        if event.retracted_by is None
        and not (event.id in taking and event.text is None and event.code is None)
    ]


def checkpoint(event: EventView, slug: str | None, crosswalk: Crosswalk) -> dict[str, Any]:
    """One. `checkpoint_time` has an offset only where the source gave one."""
    status = status_fields(event.sub)
    return {
        "created_at": event.received_at,
        "slug": slug_for(crosswalk, event.carrier) or slug,
        "checkpoint_time": event.occurred_at,
        **_spot(event.place or _NOWHERE),
        "message": event.text or status["subtag_message"],
        **status,
        "raw_tag": event.code,
        "events": [],
        "source": source_of(event),
        "hash": event.id,
    }


def source_of(event: EventView) -> str:
    """`user` for what the merchant said, `carrier` for all else."""
    return "user" if event.source == "merchant" else "carrier"


@lru_cache(maxsize=16_384)
def _spot(place: Place) -> dict[str, Any]:
    """Where it was. Not to be changed: it is shared."""
    return {
        "location": place.label,
        "city": place.city,
        "state": place.region,
        "postal_code": place.postal_code,
        "coordinate": _coordinate(place),
        "country_region": countries.alpha3(place.country),
        "country_region_name": countries.name(place.country),
    }


def _coordinate(place: Place) -> dict[str, float] | None:
    if place.latitude is None or place.longitude is None:
        return None
    return {"latitude": place.latitude, "longitude": place.longitude}
