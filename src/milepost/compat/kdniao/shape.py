"""A road as Kdniao answers it: query, push, map and cross-border differ by a few fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from milepost.compat.kdniao import faults
from milepost.compat.kdniao.clock import china_time, local_time
from milepost.compat.kdniao.states import action, state, state_ex, visible
from milepost.domain.place import Place
from milepost.domain.track import Arrival, EventView, Track
from milepost.locale import status_label

Json = dict[str, Any]


def road(
    track: Track | None, now: datetime, *, abroad: bool = False, newest_first: bool = False
) -> Json:
    """State, StateEx, Location and Traces; with a Reason where there are no traces."""
    events = visible(track) if track is not None else []
    if track is None or not events:
        empty: list[Json] = []
        return {"State": "0", "StateEx": "0", "Location": "", "Traces": empty,
                "Reason": faults.NO_TRACES}  # fmt: skip
    code = state_ex(track, events, now)
    traces = [_abroad(one) if abroad else _trace(one) for one in events]
    return {
        "State": state(code, events),
        "StateEx": code,
        "Location": location(events),
        "Traces": traces[::-1] if newest_first else traces,
    }


def city(place: Place | None) -> str:
    """Where a scan was made, as short as it is known."""
    return "" if place is None else place.city or place.label or ""


def location(events: Sequence[EventView]) -> str:
    """Where it was seen last, empty if that is not known; `events` are oldest first."""
    return next((name for one in reversed(events) if (name := city(one.place))), "")


def estimated(arrival: Arrival | None) -> str | None:
    """EstimatedDeliveryTime: the end of the arrival window. One that nothing was learned for is so
    wide that its end tells nobody anything.
    """
    return None if arrival is None or arrival.guess else china_time(arrival.latest)


def _trace(event: EventView) -> Json:
    return {
        "AcceptTime": china_time(event.occurred_at),
        "AcceptStation": event.text or status_label(event.sub, "zh"),
        "Location": city(event.place),
        "Action": action(event),
        "Remark": "",
    }


def _abroad(event: EventView) -> Json:
    """Abroad, times are the place's own."""
    time, offset = local_time(event.occurred_at)
    more = {} if offset is None else {"Timezone": offset}
    text = event.text or status_label(event.sub, "en")
    return _trace(event) | {"AcceptTime": time, "AcceptStation": text, **more}
