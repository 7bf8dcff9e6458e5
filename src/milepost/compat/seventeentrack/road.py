"""What 17TRACK tells of a road: the carriers' standing events, by status, stage and provider."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from milepost.compat.core import Crosswalk, load_statuses
from milepost.domain.track import EventView, Track

STATUSES = load_statuses(__package__)
STAGES = (
    "InfoReceived",
    "PickedUp",
    "Departure",
    "Arrival",
    "AvailableForPickup",
    "OutForDelivery",
    "Delivered",
    "Returning",
    "Returned",
)
# Its own word for "no such carrier known".
NO_CARRIER = 0
_FIRST_POSTAL, _FIRST_COURIER = 1_001, 100_001


class Status(Struct, frozen=True):
    """`main` is one of 9 words, `sub` one of 30."""

    main: str
    sub: str


@lru_cache(maxsize=256)
def status_of(sub: str) -> Status:
    """17TRACK's words for a canonical sub."""
    code = STATUSES.code(sub)
    return Status(code.partition("_")[0], code)


@lru_cache(maxsize=256)
def stage_of(sub: str) -> str | None:
    """The milestone that an event of this sub reaches."""
    stage: str | None = STATUSES.row(sub).get("stage")
    return stage


def told_of(track: Track | None) -> list[EventView]:
    """The events that 17TRACK shows, newest first: none that were taken back, none of ours.

    That the merchant registered a number is no news of a carrier.
    """
    if track is None:
        return []
    return [event for event in reversed(track.events) if _is_told(event)]


def _is_told(event: EventView) -> bool:
    if event.retracted_by is not None or event.source == "merchant":
        return False
    return bool(event.text or event.code) or event.main != "unknown"


def carrier_of(track: Track, event: EventView) -> str | None:
    """The carrier (our slug) behind an event: its own, else that of its leg, else the track's."""
    if event.carrier:
        return event.carrier
    legs = (leg.carrier for leg in track.legs if leg.number == event.number)
    return next((one for one in legs if one), track.carrier)


def key_of(crosswalk: Crosswalk, slug: str | None) -> int:
    """17TRACK's key of a carrier, 0 where it has none."""
    code = crosswalk.code_of("seventeentrack", slug) if slug else None
    return int(code) if code else NO_CARRIER


def is_postal(key: int) -> bool:
    """Whether a key is that of a postal operator: only those hand over to a last-mile carrier."""
    return _FIRST_POSTAL <= key < _FIRST_COURIER
