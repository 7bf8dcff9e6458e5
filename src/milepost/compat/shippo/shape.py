"""A Track of ours as Shippo's Track. Pure."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from milepost.compat.shippo import moments
from milepost.compat.shippo.substatus import status_of, substatus_of
from milepost.domain.place import Place
from milepost.domain.track import EventView, Track


def track_object(
    carrier: str, number: str, track: Track | None, metadata: str | None = None
) -> dict[str, Any]:
    """Shippo's Track; one of which nothing is known has no `tracking_status`."""
    events = [event for event in track.events if event.retracted_by is None] if track else []
    return {
        "messages": [],
        "carrier": carrier,
        "tracking_number": number,
        "address_from": address(track.origin) if track else None,
        "address_to": address(track.destination) if track else None,
        **moments.field("eta", track.promise.latest if track and track.promise else None),
        "original_eta": None,
        "servicelevel": {"token": None, "name": track.service if track else None},
        "metadata": metadata,
        "tracking_status": _now(track, events) if track and events else None,
        "tracking_history": [_entry(event, event.sub) for event in events],
        "transaction": None,
        "test": False,
    }


def _now(track: Track, events: list[EventView]) -> dict[str, Any]:
    """Where it stands: of the event that says so, which need not be the last to come in."""
    by_id = {event.id: event for event in events}
    deciding = [by_id[one] for one in track.status.because if one in by_id]
    return _entry(deciding[-1] if deciding else events[-1], track.status.sub)


def _entry(event: EventView, sub: str) -> dict[str, Any]:
    heard = moments.utc(event.received_at)
    substatus = substatus_of(sub)
    return {
        "object_created": heard,
        "object_updated": heard,
        "object_id": sha256(event.id.encode()).hexdigest()[:32],
        "status": status_of(sub),
        "status_details": event.text or substatus["text"],
        **moments.field("status_date", event.occurred_at),
        "substatus": substatus,
        "location": address(event.place),
    }


def address(place: Place | None) -> dict[str, str | None] | None:
    """City, state, zip and country of a place as far as they are known."""
    if place is None:
        return None
    return {
        "city": place.city or place.label,
        "state": place.region,
        "zip": place.postal_code,
        "country": place.country,
    }
