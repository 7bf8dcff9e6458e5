"""The carrier `shippo`: numbers such as SHIPPO_TRANSIT whose road is made up, for first tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from milepost.compat.shippo import shape
from milepost.compat.shippo.substatus import TABLE
from milepost.domain.place import Place
from milepost.domain.status import main_of
from milepost.domain.track import EventView, StatusView, Track

CARRIER = "shippo"
_ROAD = ("info_received.created", "picked_up", "in_transit.arrived_hub")
_ENDS = {
    "SHIPPO_PRE_TRANSIT": ("info_received.created",),
    "SHIPPO_TRANSIT": _ROAD,
    "SHIPPO_DELIVERED": (*_ROAD, "out_for_delivery", "delivered"),
    "SHIPPO_RETURNED": (*_ROAD, "attempt_failed", "returning"),
    "SHIPPO_FAILURE": (*_ROAD, "exception.general"),
    "SHIPPO_UNKNOWN": ("unknown",),
}
_PLACES = (
    Place(city="Harrowgate", region="NV", postal_code="89999", country="US"),
    Place(city="Linden Flats", region="IL", postal_code="60999", country="US"),
)


def track_object(number: str, now_us: int, metadata: str | None) -> dict[str, Any] | None:
    """The Track of a mock number, None for another number."""
    subs = _ENDS.get(number)
    if subs is None:
        return None
    begun = datetime.fromtimestamp(now_us // 1_000_000, UTC) - timedelta(days=len(subs))
    events = [_event(number, sub, begun + timedelta(days=day)) for day, sub in enumerate(subs)]
    made = shape.track_object(CARRIER, number, _track(number, events), metadata)
    return made | {"test": True}


def _event(number: str, sub: str, at: datetime) -> EventView:
    return EventView(
        id=f"{number} {sub}",
        occurred_at=at.isoformat(),
        time_quality="exact",
        main=main_of(sub),
        sub=sub,
        text=None,
        place=_PLACES[sub not in _ROAD],
        next_place=None,
        carrier=CARRIER,
        source=CARRIER,
        number=number,
        code=TABLE.code(sub),
        received_at=at.isoformat(),
    )


def _track(number: str, events: list[EventView]) -> Track:
    last = events[-1]
    status = StatusView(main=last.main, sub=last.sub, since=last.occurred_at, because=[last.id])
    return Track(
        number=number,
        carrier=CARRIER,
        shipment="",
        order_number=None,
        status=status,
        milestones=[],
        arrival=None,
        legs=[],
        parcels=[],
        alerts=[],
        events=events,
        origin=_PLACES[0],
        destination=_PLACES[1],
        synthetic=True,
    )
