"""The shapes of 17TRACK's first version: names of one letter, states as numbers. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from milepost.compat.core import Crosswalk
from milepost.compat.seventeentrack import metrics, times
from milepost.compat.seventeentrack.providers import hash_of
from milepost.compat.seventeentrack.road import carrier_of, is_postal, key_of
from milepost.domain.place import Place
from milepost.domain.track import EventView, Track
from milepost.locale import status_label

V1 = "v1"
NEVER = "2079-01-01 00:00:00"
# A postal operator's key is that of its country and one digit more.
_OPERATORS = 10


@lru_cache(maxsize=1)
def _numbers() -> dict[str, dict[str, int]]:
    return tomllib.loads((files(__package__) / "first.toml").read_text("utf-8"))


def track_of(
    track: Track, events: Sequence[EventView], state: str, asked: int, crosswalk: Crosswalk
) -> dict[str, Any]:
    """`track` of an accepted item; `events` newest first, `asked` the registered carrier's key."""
    first, last = _legs(track, events)
    keys = [_key(leg, track, crosswalk) for leg in (first, last)]
    own = keys[0] // _OPERATORS if is_postal(keys[0]) else 0
    return {
        "b": country_of(track.origin, crosswalk) or own,
        "c": country_of(track.destination, crosswalk),
        "e": _numbers()["state"][state],
        "f": _days(events),
        "w1": asked or keys[0],
        "w2": keys[1],
        "is1": 1 if first else 0,
        "is2": 1 if last else 0,
        "hs": hash_of(",".join(event.id for event in events)),
        "z0": _event(events[0]),
        "z1": [_event(event) for event in first],
        "z2": [_event(event) for event in last],
        "z9": [],
        **{f"ln{leg}": None for leg in (1, 2, 9)},
        **{f"ygt{leg}": 0 for leg in (1, 2, 9)},
        "ylt1": _synced(first),
        "ylt2": _synced(last),
        "ylt9": NEVER,
        "yt": "",
        "zex": _extra(events),
    }


def row_of(row: Mapping[str, Any], found: Mapping[str, Any] | None) -> dict[str, Any]:
    """A line of `gettracklist` from that of the second version and the `track` of its road."""
    numbers = _numbers()
    return {
        "number": row["number"],
        "tag": row["tag"],
        "w1": row["carrier"],
        "w2": row["final_carrier"],
        "b": found["b"] if found else 0,
        "c": found["c"] if found else 0,
        "e": numbers["state"][row["package_status"]],
        "rt": _moment(row["register_time"]),
        "tt": _moment(row["track_time"]),
        "pt": _moment(row["push_time"]),
        "ps": numbers["push"][row["push_status"]],
        "st": _moment(row["stop_track_time"]),
        "sr": numbers["stopped"].get(row["stop_track_reason"] or "", 0),
        "ir": row["is_retracked"],
        "ts": row["tracking_status"] == "Tracking",
        "mc": row["carrier_change_count"],
    }


def country_of(place: Place | None, crosswalk: Crosswalk) -> int:
    """17TRACK's number of a country, told by its postal operator; 0 where it is not known."""
    return _countries(crosswalk).get(place.country or "", 0) if place else 0


@lru_cache(maxsize=4)
def _countries(crosswalk: Crosswalk) -> dict[str, int]:
    # The post of a country stands before others that have a postal key there.
    keys = [(row.country, key_of(crosswalk, row.slug)) for row in reversed(crosswalk.all())]
    return {country: key // _OPERATORS for country, key in keys if country and is_postal(key)}


def _legs(track: Track, events: Sequence[EventView]) -> tuple[list[EventView], list[EventView]]:
    """The events of the first carrier, and those of all who took the parcel over from it."""
    began = carrier_of(track, events[-1])
    first = [event for event in events if carrier_of(track, event) == began]
    return first, [event for event in events if carrier_of(track, event) != began]


def _key(events: Sequence[EventView], track: Track, crosswalk: Crosswalk) -> int:
    return key_of(crosswalk, carrier_of(track, events[0])) if events else 0


def _event(event: EventView) -> dict[str, Any]:
    """Times are the wall clock of the place, to the minute."""
    return {
        "a": event.occurred_at[:16].replace("T", " "),
        "b": None,
        "c": event.place.label if event.place and event.place.label else "",
        "d": "",
        "z": event.text or status_label(event.sub, "en"),
    }


def _days(events: Sequence[EventView]) -> int:
    """Days in transit once the road has ended, else -1."""
    counted = metrics.time_metrics(events, None, 0)["days_of_transit_done"]
    ended = {"Delivered", "Returned"} & metrics.first_of_stages(events).keys()
    return int(counted) if ended else -1


def _synced(events: Sequence[EventView]) -> str:
    received = [times.us_of(event.received_at) or 0 for event in events]
    return _moment(times.of_us(max(received))) if received else NEVER


def _extra(events: Sequence[EventView]) -> dict[str, Any]:
    """Milliseconds since 1970 of what happened when; 0 for what has not."""
    stages = metrics.first_of_stages(events)
    return {
        "trN": "",
        "trC": 0,
        "psex": 0,
        "dt": _ms(events[0]),
        "dtS": _ms(events[-1]),
        "dtP": _ms(stages.get("PickedUp")),
        "dtD": _ms(stages.get("Delivered")),
        "dtL": _ms(events[0]),
    }


def _ms(event: EventView | None) -> int:
    return (times.us_of(event.occurred_at) or 0) // 1_000 if event else 0


def _moment(text: str | None) -> str:
    """UTC without saying so; empty for none."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}"
