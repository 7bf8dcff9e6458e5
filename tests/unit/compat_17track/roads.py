"""Made-up roads for the tests of the shapes."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from milepost.compat.core import Watch
from milepost.domain.place import Place
from milepost.domain.status import main_of
from milepost.domain.track import EventView, Leg, Parcel, StatusView, Track

NOW_US = 1_795_176_000_000_000  # 2026-11-20 12:00 UTC
DAY_US = 86_400_000_000


def event(at: str, sub: str, text: str | None = "scanned", **more: Any) -> EventView:
    given = {
        "id": f"{crc32(f'{at} {sub}'.encode()):016x}",
        "occurred_at": at,
        "time_quality": "exact",
        "main": main_of(sub),
        "sub": sub,
        "text": text,
        "place": None,
        "next_place": None,
        "carrier": "china-post",
        "source": "api",
        "number": "RR100200300CN",
        "code": sub,
        "received_at": "2026-11-19T08:00:00+00:00",
    }
    return EventView(**given | more)


def track(*events: EventView, sub: str | None = None, **more: Any) -> Track:
    status = sub or (events[-1].sub if events else "unknown")
    view = StatusView(main=main_of(status), sub=status, since=None, because=[])
    leg = Leg(
        number="RR100200300CN", carrier="china-post", main=view.main, sub=status,
        started_at=None, ended_at=None,
    )  # fmt: skip
    given = {
        "number": "RR100200300CN",
        "carrier": "china-post",
        "shipment": "1",
        "order_number": None,
        "status": view,
        "milestones": [],
        "arrival": None,
        "legs": [leg],
        "parcels": [Parcel(index=1, numbers=["RR100200300CN"], status=view)],
        "alerts": [],
        "events": list(events),
    }
    return Track(**given | more)


def watch(**more: Any) -> Watch:
    given = {
        "tenant": 1,
        "dialect": "seventeentrack",
        "number": "RR100200300CN",
        "id": 7,
        "carrier_code": "3011",
        "carrier": "china-post",
        "options": {"number": "RR100200300CN", "tag": "T-1", "version": "v2.4"},
        "created_us": NOW_US - DAY_US,
        "account": "tok",
    }
    return Watch(**given | more)


SHENZHEN = Place(name="Shenzhen", city="Shenzhen", country="CN", latitude=22.54, longitude=114.05)
ROAD = (
    event("2026-11-10T09:00:00+08:00", "picked_up", place=SHENZHEN),
    event("2026-11-11T22:30:00+08:00", "in_transit.departed_country"),
    event("2026-11-15T03:00:00-05:00", "in_transit.arrived_country", carrier="usps"),
    event("2026-11-18T07:45:00-05:00", "out_for_delivery", carrier="usps"),
)
