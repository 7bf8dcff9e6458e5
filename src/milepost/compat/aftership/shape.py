"""A watched number and its road as AfterShip's tracking, as the newest version has it. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.compat.aftership import countries, ids
from milepost.compat.aftership.checkpoints import checkpoints, standing
from milepost.compat.aftership.estimates import estimate_fields
from milepost.compat.aftership.slugs import UNRECOGNIZED, slug_for
from milepost.compat.aftership.subtags import status_fields
from milepost.compat.aftership.transit import days_between, time_fields
from milepost.compat.core import Crosswalk, Watch
from milepost.domain.moment import to_text
from milepost.domain.place import Place
from milepost.domain.status import STATUSES
from milepost.domain.track import EventView, Leg, Track

# What a client tells us of a tracking and reads back unchanged.
ECHOED = (
    "custom_fields", "note", "order_id", "order_id_path", "order_date", "shipment_type",
    "language", "order_promised_delivery_date", "delivery_type", "pickup_location", "pickup_note",
    "tracking_account_number", "tracking_key", "tracking_ship_date", "courier_connection_id",
    "location_id", "shipping_method", "shipment_direction",
)  # fmt: skip
# What is not known of any shipment, or not kept of it.
_UNKNOWN = (
    "courier_destination_country_region", "shipment_weight", "shipment_dimensions",
    "courier_tracking_link", "courier_redirect_link", "carbon_emissions", "signature_requirement",
    "delivery_location_type", "return_shipment", "forward_shipment",
)  # fmt: skip


# What AfterShip itself says in place of them; its own clients take no null there.
_DEPRECATED = {"unique_token": "deprecated"}


class View(Struct, frozen=True):
    """What shapes need beside the shipment. `now_s`: seconds since 1970 UTC."""

    crosswalk: Crosswalk
    base_url: str
    now_s: int


def tracking(watch: Watch, track: Track | None, view: View) -> dict[str, Any]:
    """The whole tracking; `track` is None where nothing has been heard yet."""
    slug = slug_of(watch, track, view)
    events = standing(track.events) if track else []
    options = watch.options
    return {
        **_identity(watch, events),
        "slug": slug,
        "active": is_active(watch, track),
        **{name: options.get(name) for name in ECHOED},
        **dict.fromkeys(_UNKNOWN),
        **_DEPRECATED,
        **_ends(watch, track),
        **time_fields(events, track, view.now_s),
        **status_fields(track.status.sub if track else "unknown.none"),
        **(estimate_fields(track.promise, track.arrival) if track else estimate_fields(None)),
        **_legs(track, options, view),
        "order_number": options.get("order_number") or (track.order_number if track else None),
        "shipment_package_count": len(track.parcels) if track else None,
        "signed_by": track.signed_by if track else None,
        "source": "api",
        "title": options.get("title") or watch.number,
        "tracked_count": len({event.received_at for event in events}),
        "checkpoints": checkpoints(track.events, slug, view.crosswalk) if track else [],
        "subscribed_smses": [],
        "subscribed_emails": [],
        "order_tags": [],
        "shipment_tags": options.get("shipment_tags") or [],
        "customers": options.get("customers") or [],
        "proof_of_delivery": [],
        "multi_piece_info": _pieces(watch, track),
        "aftership_tracking_url": f"{view.base_url}/t/{watch.number}",
        "aftership_tracking_order_url": None,
    }


def slug_of(watch: Watch, track: Track | None, view: View) -> str:
    """The client's own slug, else that of the carrier which turned out to have it, if any."""
    carrier = track.carrier if track else None
    return watch.carrier_code or slug_for(view.crosswalk, carrier) or UNRECOGNIZED


def is_active(watch: Watch, track: Track | None) -> bool:
    """Whether it is still being tracked: not once it is done, unless it was asked for again."""
    done = track is not None and (
        STATUSES[track.status.sub].final or track.status.main == "expired"
    )
    return watch.active and (not done or "retracked_us" in watch.options)


def updated_at(watch: Watch, events: list[EventView]) -> str:
    """When anything of it last changed."""
    ours = to_text(watch.updated_us // 1_000_000 * 1_000_000, 0)
    return max([ours, *(event.received_at[:19] + "+00:00" for event in events)])


def _identity(watch: Watch, events: list[EventView]) -> dict[str, Any]:
    return {
        "id": ids.id_of(watch),
        "legacy_id": ids.legacy_id_of(watch),
        "created_at": to_text(watch.created_us // 1_000_000 * 1_000_000, 0),
        "updated_at": updated_at(watch, events),
        "tracking_number": watch.number,
    }


def _ends(watch: Watch, track: Track | None) -> dict[str, Any]:
    """Origin and destination, as the client gave them, else as we know them."""
    found: dict[str, Any] = {}
    for end in ("origin", "destination"):
        place = (getattr(track, end) if track else None) or Place()
        known = {
            "country_region": countries.alpha3(place.country),
            "state": place.region,
            "city": place.city,
            "postal_code": place.postal_code,
            "raw_location": place.name,
        }
        for name, value in known.items():
            found[f"{end}_{name}"] = watch.options.get(f"{end}_{name}") or value
    return found


def _legs(track: Track | None, options: dict[str, Any], view: View) -> dict[str, Any]:
    legs = [leg for leg in track.legs if leg.parcel == 1] if track else []
    several = len({leg.number for leg in legs}) > 1
    last = _leg(legs[-1], view) | {"source": "system"} if several else None
    given = options.get("last_mile")
    if last is None and given:
        last = {"transit_time": None, "courier_tracking_link": None, "courier_redirect_link": None}
        last |= given | {"source": "user"}
    return {"first_mile": _leg(legs[0], view) if several else None, "last_mile": last}


def _leg(leg: Leg, view: View) -> dict[str, Any]:
    return {
        "tracking_number": leg.number,
        "slug": slug_for(view.crosswalk, leg.carrier),
        "transit_time": days_between(leg.started_at, leg.ended_at, view.now_s),
        "courier_tracking_link": None,
        "courier_redirect_link": None,
    }


def _pieces(watch: Watch, track: Track | None) -> dict[str, Any] | None:
    if track is None or len(track.parcels) < 2:
        return None
    pieces = [
        {
            "tracking_id": ids.id_of(watch) if watch.number in parcel.numbers else None,
            "tracking_number": parcel.numbers[0],
            "type": "child",
            "trackable": True,
        }
        for parcel in track.parcels
    ]
    return {"type": "child", "pieces": pieces}


def last_checkpoint(shown: dict[str, Any]) -> dict[str, Any]:
    """The answer of the last-checkpoint calls, from a tracking in any shape."""
    names = ("id", "tracking_number", "slug", "tag", "subtag", "subtag_message")
    last = shown["checkpoints"][-1:] or [{}]
    return {name: shown[name] for name in names} | {"checkpoint": last[0]}
