"""A track in 17TRACK's shape: an accepted item of `gettrackinfo`, and of its webhook. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from milepost.compat.core import Crosswalk, Watch
from milepost.compat.seventeentrack import first, metrics
from milepost.compat.seventeentrack.lifecycle import EXPIRED
from milepost.compat.seventeentrack.providers import NO_ADDRESS, address, event_shape, tracking
from milepost.compat.seventeentrack.road import Status, key_of, status_of, told_of
from milepost.domain.track import EventView, Track

# What v2.4 repeats of a registration, null where it was not given.
ECHO_24 = (
    "destination_postal_code",
    "origin_country",
    "destination_country",
    "destination_city",
    "ship_date",
    "shipper",
    "consignee",
    "phone_number_last_4",
    "phone_number",
    "cpf_or_cnpj",
    "special_tracking_info",
)
V22, V24 = "v2.2", "v2.4"
_OPEN = {"InfoReceived", "InTransit", "AvailableForPickup", "OutForDelivery", "DeliveryFailure"}


class Asked(Struct, frozen=True, kw_only=True):
    """What a client asks about: the number as it wrote it, and what it registered with it."""

    number: str
    carrier: int
    options: Mapping[str, Any] = {}
    version: str = V24

    @classmethod
    def of(cls, watch: Watch, version: str) -> Asked:
        """The same of a registered number."""
        return cls(
            number=number_of(watch),
            carrier=carrier_of(watch),
            options=watch.options,
            version=version,
        )


def number_of(watch: Watch) -> str:
    """The number as the client wrote it."""
    return str(watch.options.get("number") or watch.number)


def carrier_of(watch: Watch) -> int:
    """The carrier's key, 0 where nobody knows it."""
    return int(watch.carrier_code or 0)


def latest_status(track: Track, options: Mapping[str, Any]) -> Status:
    """How things stand; what went quiet for so long that its tracking was stopped has expired."""
    found = status_of(track.status.sub)
    if options.get("stop_track_reason") == EXPIRED and found.main in _OPEN:
        return status_of("expired")
    return found


def item(asked: Asked, track: Track, crosswalk: Crosswalk, now_us: int) -> dict[str, Any] | None:
    """The accepted item; None where no carrier has told anything yet."""
    events = told_of(track)
    if not events:
        return None
    if asked.version == first.V1:
        state = latest_status(track, asked.options).main
        shown = first.track_of(track, events, state, asked.carrier, crosswalk)
        return {"number": asked.number, "tag": asked.options.get("tag"), "track": shown}
    return echo(asked) | {"track_info": _track_info(asked, track, events, crosswalk, now_us)}


def echo(asked: Asked) -> dict[str, Any]:
    """What is repeated of the registration."""
    options = asked.options
    head = {"number": asked.number, "carrier": asked.carrier}
    head |= {name: options.get(name) for name in ("param", "tag", "lang")}
    if asked.version == V22:
        return head
    return head | {name: options.get(name) for name in ECHO_24}


def _track_info(
    asked: Asked, track: Track, events: Sequence[EventView], crosswalk: Crosswalk, now_us: int
) -> dict[str, Any]:
    status = latest_status(track, asked.options)
    return {
        "shipping_info": {
            "shipper_address": _end(track.origin, asked.options, "origin"),
            "recipient_address": _end(track.destination, asked.options, "destination"),
        },
        "latest_status": {
            "status": status.main,
            "sub_status": status.sub,
            "sub_status_descr": None,
        },
        "latest_event": event_shape(events[0]),
        "time_metrics": metrics.time_metrics(events, track.promise, now_us),
        "milestone": metrics.milestones(events),
        "misc_info": _misc_info(asked, track, crosswalk),
        "tracking": tracking(track, events, crosswalk, asked.carrier, tips=asked.version != V22),
    }


def _end(place: Any, options: Mapping[str, Any], side: str) -> dict[str, Any]:
    """What carriers and merchant say of one end of the road; else what was registered."""
    if place is not None:
        return address(place)
    return NO_ADDRESS | {
        "country": options.get(f"{side}_country"),
        "city": options.get(f"{side}_city"),
        "postal_code": options.get(f"{side}_postal_code"),
    }


def _misc_info(asked: Asked, track: Track, crosswalk: Crosswalk) -> dict[str, Any]:
    last = track.legs[-1] if track.legs else None
    local = last if last is not None and last.number != track.number else None
    slug = local.carrier if local else None
    return {
        "risk_factor": 0,
        "service_type": track.service,
        "weight_raw": None,
        "weight_kg": None,
        "pieces": str(len(track.parcels)) if len(track.parcels) > 1 else None,
        "dimensions": None,
        "customer_number": None,
        "reference_number": track.order_number or asked.options.get("order_no"),
        "local_number": local.number if local else None,
        "local_provider": crosswalk.names(slug)[0] if slug else None,
        "local_key": key_of(crosswalk, slug) if slug else 0,
    }
