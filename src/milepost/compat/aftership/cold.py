"""An estimate for a lane that no parcel has taken yet: by distance, mode and the calendars of both
ends. Pure.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from milepost.compat.aftership import countries
from milepost.domain.place import Place
from milepost.eta.distance import between_km
from milepost.eta.facts import Facts, Spot
from milepost.eta.guess import ColdGuess
from milepost.eta.ports import Situation
from milepost.places import locate

# AfterShip's codes: there is too little data; the addresses say too little to know the distance.
LITTLE_DATA, VAGUE_ADDRESS = 30002, 30004
_AT_THE_START = Situation("created", 0.0, 0.0)
_NAME = "estimated_delivery_date"


def guessed(carrier: str, origin: Any, destination: Any, pickup: datetime) -> dict[str, Any]:
    """The estimate's fields. `origin` and `destination` are addresses as AfterShip has them,
    `pickup` is on the clock of the first.
    """
    ends = _spot(origin), _spot(destination)
    started_us = int(pickup.replace(tzinfo=UTC).timestamp()) * 1_000_000
    facts = Facts(created_us=started_us, carrier=carrier, origin=ends[0], destination=ends[1])
    told = ColdGuess().forecast(facts, _AT_THE_START)
    known = between_km(*ends) is not None
    return {
        _NAME: _day(pickup, told.p50),
        "confidence_code": LITTLE_DATA if known else VAGUE_ADDRESS,
        f"{_NAME}_min": _day(pickup, told.p10),
        f"{_NAME}_max": _day(pickup, told.p90),
    }


def _day(pickup: datetime, days: float) -> str:
    return (pickup + timedelta(days=days)).date().isoformat()


def _spot(address: Any) -> Spot:
    given = address if isinstance(address, dict) else {}
    place = Place(
        name=_text(given.get("raw_location")),
        city=_text(given.get("city")),
        region=_text(given.get("state")),
        country=countries.alpha2(_text(given.get("country_region") or given.get("country")) or ""),
        postal_code=_text(given.get("postal_code") or given.get("zip")),
    )
    found = locate(place)
    where = (None, None) if found is None else (found.latitude, found.longitude)
    return Spot(region=place.region, country=place.country, lat=where[0], lng=where[1])


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
