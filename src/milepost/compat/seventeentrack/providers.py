"""`tracking.providers`: the carriers of a road, each with its events, newest first."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from milepost.compat.core import Crosswalk
from milepost.compat.seventeentrack import times
from milepost.compat.seventeentrack.road import carrier_of, key_of, stage_of, status_of
from milepost.domain.place import Place
from milepost.domain.track import EventView, Track
from milepost.locale import status_label

NO_ADDRESS: dict[str, Any] = {
    "country": None,
    "state": None,
    "city": None,
    "street": None,
    "postal_code": None,
    "coordinates": {"longitude": None, "latitude": None},
}


def tracking(
    track: Track, events: Sequence[EventView], crosswalk: Crosswalk, asked: int, *, tips: bool
) -> dict[str, Any]:
    """The carrier with the newest news first. `asked`: the key that the client knows its carrier
    by. `tips`: with the field that came with v2.4.
    """
    groups: dict[str | None, list[EventView]] = {}
    for event in events:
        groups.setdefault(carrier_of(track, event), []).append(event)
    found = [
        _provider(track, _carrier(slug, crosswalk, asked), of, tips=tips)
        for slug, of in groups.items()
    ]
    keys = ",".join(f"{one['provider']['key']}:{one['events_hash']}" for one in found)
    return {"providers_hash": hash_of(keys), "providers": found}


def _provider(
    track: Track, carrier: dict[str, Any], events: Sequence[EventView], *, tips: bool
) -> dict[str, Any]:
    synced = datetime.fromisoformat(max(event.received_at for event in events))
    tip = {"provider_tips": None} if tips else {}
    return {
        "provider": carrier,
        "service_type": track.service,
        "latest_sync_status": "Success",
        "latest_sync_time": times.utc_text(synced),
        "provider_lang": None,
        **tip,
        "events_hash": hash_of(",".join(event.id for event in events)),
        "events": [event_shape(event) for event in events],
    }


def _carrier(slug: str | None, crosswalk: Crosswalk, asked: int) -> dict[str, Any]:
    row = crosswalk.row(slug) if slug else None
    same = slug is not None and crosswalk.slug_of("seventeentrack", asked) == slug
    return {
        "key": asked if same else key_of(crosswalk, slug),
        "name": crosswalk.names(slug)[0] if slug else None,
        "alias": slug,
        "tel": None,
        "homepage": None,
        "country": row.country if row else None,
    }


def event_shape(event: EventView) -> dict[str, Any]:
    """One event; a carrier that gave a code but no words is told in ours."""
    place = event.place
    return {
        **times.of_event(event),
        "description": event.text or status_label(event.sub, "en"),
        "description_translation": {"lang": None, "description": None},
        "location": place.label if place else None,
        "stage": stage_of(event.sub),
        "sub_status": status_of(event.sub).sub,
        "address": address(place),
    }


def address(place: Place | None) -> dict[str, Any]:
    """An address; coordinates are decimal degrees as text."""
    if place is None:
        return NO_ADDRESS
    return {
        "country": place.country,
        "state": place.region,
        "city": place.city,
        "street": None,
        "postal_code": place.postal_code,
        "coordinates": {
            "longitude": None if place.longitude is None else str(place.longitude),
            "latitude": None if place.latitude is None else str(place.latitude),
        },
    }


def hash_of(text: str) -> int:
    """32 bits with a sign, as 17TRACK's hashes are: it changes when what it stands for does."""
    value = zlib.crc32(text.encode())
    return value - (1 << 32) if value >> 31 else value
