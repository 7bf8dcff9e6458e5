"""The nine milestones and the counts of days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from milepost.compat.seventeentrack import times
from milepost.compat.seventeentrack.road import STAGES, stage_of
from milepost.domain.track import Arrival, EventView

DAY_US = 86_400_000_000
_STILL = {"InfoReceived"}
_ENDS = ("Delivered", "Returned")


def first_of_stages(events: Sequence[EventView]) -> dict[str, EventView]:
    """Stage → the first event that reached it; `events` are newest first."""
    return {stage: event for event in events if (stage := stage_of(event.sub))}


def milestones(events: Sequence[EventView]) -> list[dict[str, Any]]:
    """All nine in their order; those not reached have no times."""
    first = first_of_stages(events)
    return [
        {"key_stage": stage} | (times.of_event(first[stage]) if stage in first else times.NO_TIME)
        for stage in STAGES
    ]


def time_metrics(
    events: Sequence[EventView], arrival: Arrival | None, now_us: int
) -> dict[str, Any]:
    """Whole days: after the first event, in transit since pickup (else since the parcel moved), and
    since the last event; `days_of_transit_done` counts once the road has ended.
    """
    first = first_of_stages(events)
    ended = next((_us(first[stage]) for stage in _ENDS if stage in first), None)
    moving = [event for event in events if stage_of(event.sub) not in _STILL]
    begun = _us(first["PickedUp"]) if "PickedUp" in first else _us(moving[-1]) if moving else None
    ordered = _us(events[-1]) if events else None
    return {
        "days_after_order": _days(ordered, ended or now_us),
        "days_of_transit": _days(begun, ended or now_us),
        "days_of_transit_done": _days(begun, ended) if ended else 0,
        "days_after_last_update": _days(_us(events[0]), now_us) if events else 0,
        "estimated_delivery_date": estimate(arrival),
    }


def estimate(arrival: Arrival | None) -> dict[str, str | None]:
    """Who expects the parcel in which window."""
    if arrival is None:
        return {"source": None, "from": None, "to": None}
    # "17TRACK" stands for whoever runs the service: its own reckoning, or the merchant's word.
    source = "Official" if arrival.source == "carrier_promise" else "17TRACK"
    return {"source": source, "from": arrival.earliest or arrival.latest, "to": arrival.latest}


def _us(event: EventView) -> int:
    return times.us_of(event.occurred_at) or 0


def _days(since_us: int | None, until_us: int) -> int:
    return max(0, (until_us - since_us) // DAY_US) if since_us is not None else 0
