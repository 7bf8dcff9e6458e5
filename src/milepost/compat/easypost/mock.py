"""EasyPost's test numbers EZ1000000001 to EZ7000000007: made-up roads, for first tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from milepost.domain.place import Place
from milepost.domain.status import main_of
from milepost.domain.track import EventView, StatusView, Track

CARRIER = "usps"
_ROAD = ("info_received.created", "picked_up", "in_transit.arrived_hub")
ENDS = {
    "EZ1000000001": ("info_received.created",),
    "EZ2000000002": _ROAD,
    "EZ3000000003": (*_ROAD, "out_for_delivery"),
    "EZ4000000004": (*_ROAD, "out_for_delivery", "delivered"),
    "EZ5000000005": (*_ROAD, "attempt_failed", "returning"),
    "EZ6000000006": (*_ROAD, "exception.general"),
    "EZ7000000007": ("unknown",),
}
_FROM = Place(city="Linden Flats", region="IL", postal_code="60999", country="US")
_TO = Place(city="Harrowgate", region="NV", postal_code="89999", country="US")


def track(number: str, begun_us: int) -> Track | None:
    """The road of a test number, an event a day until `begun_us`; None for another number."""
    subs = ENDS.get(number)
    if subs is None:
        return None
    begun = datetime.fromtimestamp(begun_us // 1_000_000, UTC) - timedelta(days=len(subs))
    events = [_event(number, sub, begun + timedelta(days=day)) for day, sub in enumerate(subs)]
    last = events[-1]
    return Track(
        number=number,
        carrier=CARRIER,
        shipment="",
        order_number=None,
        status=StatusView(main=last.main, sub=last.sub, since=last.occurred_at, because=[last.id]),
        milestones=[],
        arrival=None,
        legs=[],
        parcels=[],
        alerts=[],
        events=events,
        origin=_FROM,
        destination=_TO,
        synthetic=True,
    )


def _event(number: str, sub: str, at: datetime) -> EventView:
    return EventView(
        id=f"{number} {sub}",
        occurred_at=at.isoformat(),
        time_quality="exact",
        main=main_of(sub),
        sub=sub,
        text=None,
        place=_FROM if sub in _ROAD else _TO,
        next_place=None,
        carrier=CARRIER,
        source=CARRIER,
        number=number,
        code=None,
        received_at=at.isoformat(),
    )
