"""A Track as EasyPost's Tracker. Pure."""

from __future__ import annotations

from typing import Any

from milepost.compat.core import Crosswalk, Watch, load_statuses
from milepost.compat.easypost import carriers, ids, mock, moments
from milepost.domain.place import Place
from milepost.domain.status import STATUSES
from milepost.domain.track import EventView, Track

TABLE = load_statuses(str(__package__))
_NO_PLACE = Place()


def status_of(sub: str) -> tuple[str, str]:
    """(status, status_detail) of one of our subs."""
    status, _, detail = TABLE.code(sub).partition("/")
    return status, detail


def tracker(
    watch: Watch, track: Track | None, crosswalk: Crosswalk, base_url: str
) -> dict[str, Any]:
    """A Tracker; one of which nothing is known yet has no details."""
    sub = track.status.sub if track else "unknown"
    status, detail = status_of(sub)
    carrier = carrier_of(watch, track, crosswalk)
    due = track.promise.latest if track and track.promise else None
    return {
        "id": ids.id_of(ids.TRACKER, watch.id),
        "object": "Tracker",
        "mode": mode(watch),
        "tracking_code": watch.number,
        "status": status,
        "status_detail": detail,
        "created_at": moments.of_us(watch.created_us),
        "updated_at": updated_at(watch, track),
        "signed_by": track.signed_by if track else None,
        "weight": None,
        "est_delivery_date": moments.utc(due) if due else None,
        "shipment_id": None,
        "carrier": carrier,
        "tracking_details": details(track, carrier) if track else [],
        "carrier_detail": carrier_detail(track) if track else None,
        "finalized": STATUSES[sub].final,
        "is_return": sub in {"returning", "returned"},
        "public_url": f"{base_url}/t/{watch.number}",
        "fees": [],
    }


def mode(watch: Watch) -> str:
    """EasyPost's test numbers are tests whoever asks."""
    return "test" if watch.number in mock.ENDS else "production"


def carrier_of(watch: Watch, track: Track | None, crosswalk: Crosswalk) -> str | None:
    """EasyPost's name of the carrier: as the client wrote it, else the crosswalk's."""
    if watch.carrier_code:
        return watch.carrier_code
    slug = watch.carrier or (track.carrier if track else None)
    return carriers.code_of(crosswalk, slug) if slug else None


def updated_at(watch: Watch, track: Track | None) -> str:
    """When something was last heard of it, or said."""
    ours = moments.of_us(watch.updated_us or watch.created_us)
    heard = max((event.received_at for event in track.events), default=None) if track else None
    return max(ours, moments.utc(heard)) if heard else ours


def details(track: Track, carrier: str | None) -> list[dict[str, Any]]:
    """TrackingDetails, oldest first."""
    return [_detail(event, carrier) for event in track.events if event.retracted_by is None]


def _detail(event: EventView, carrier: str | None) -> dict[str, Any]:
    status, detail = status_of(event.sub)
    return {
        "object": "TrackingDetail",
        "message": event.text or detail.replace("_", " ").capitalize(),
        "description": event.text or "",
        "status": status,
        "status_detail": detail,
        "datetime": moments.utc(event.occurred_at),
        "source": carrier,
        "carrier_code": event.code,
        "tracking_location": location(event.place),
    }


def location(place: Place | None) -> dict[str, Any]:
    """A TrackingLocation."""
    known = place or _NO_PLACE
    return {
        "object": "TrackingLocation",
        "city": known.city or known.label,
        "state": known.region,
        "country": known.country,
        "zip": known.postal_code,
    }


def carrier_detail(track: Track) -> dict[str, Any]:
    """What the carrier says of the shipment as a whole."""
    due = moments.local(track.promise.latest) if track.promise else (None, None)
    timed = track.promise is not None and not track.promise.date_only
    return {
        "object": "CarrierDetail",
        "service": track.service,
        "container_type": None,
        "est_delivery_date_local": due[0],
        "est_delivery_time_local": due[1] if timed else None,
        "origin_location": track.origin.label if track.origin else None,
        "origin_tracking_location": location(track.origin) if track.origin else None,
        "destination_location": track.destination.label if track.destination else None,
        "destination_tracking_location": location(track.destination) if track.destination else None,
        "guaranteed_delivery_date": None,
        "alternate_identifier": track.order_number,
        "initial_delivery_attempt": _first_attempt(track),
    }


def _first_attempt(track: Track) -> str | None:
    tries = (m for m in track.milestones if m.main in {"attempt_failed", "delivered"})
    first = next(tries, None)
    return moments.utc(first.at) if first else None
