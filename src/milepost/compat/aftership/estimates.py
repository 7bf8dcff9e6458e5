"""The arrival window as AfterShip's several estimated delivery dates. Pure."""

from __future__ import annotations

from typing import Any

from milepost.compat.aftership.lanes import MEDIUM
from milepost.domain.track import Arrival

_SOURCES = {"carrier_promise": "Carrier EDD", "merchant_promise": "Order EDD"}
_PREDICTED = "AfterShip EDD"


def estimate_fields(promise: Arrival | None, arrival: Arrival | None = None) -> dict[str, Any]:
    """Every field of a tracking that speaks of when it comes: as promised, and as predicted."""
    foreseen = arrival if arrival is not None and arrival.source not in _SOURCES else None
    predicted = _dates(foreseen)
    best = promise or foreseen
    source = _SOURCES.get(best.source, _PREDICTED) if best else None
    return {
        "courier_estimated_delivery_date": _dates(promise) if source == "Carrier EDD" else None,
        "aftership_estimated_delivery_date": predicted and predicted | {"confidence_code": MEDIUM},
        "custom_estimated_delivery_date": None,
        # What was told first is not on record, only what stands now.
        "first_estimated_delivery": None,
        "latest_estimated_delivery": _latest(best, source),
    }


def _dates(arrival: Arrival | None) -> dict[str, Any] | None:
    if arrival is None:
        return None
    latest, earliest = _time(arrival, arrival.latest), _time(arrival, arrival.earliest)
    name = "estimated_delivery_date"
    return {name: latest, f"{name}_min": earliest or latest, f"{name}_max": latest}


def _latest(arrival: Arrival | None, source: str | None) -> dict[str, Any] | None:
    if arrival is None:
        return None
    latest, earliest = _time(arrival, arrival.latest), _time(arrival, arrival.earliest)
    ranges = earliest is not None and earliest != latest
    return {
        "type": "range" if ranges else "specific",
        "source": source,
        "datetime": latest,
        "datetime_min": earliest if ranges else None,
        "datetime_max": latest if ranges else None,
        "revise_reason": None,
    }


def _time(arrival: Arrival, text: str | None) -> str | None:
    return text[:10] if text and arrival.date_only else text
