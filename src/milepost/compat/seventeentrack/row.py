"""A line of `gettracklist`."""

from __future__ import annotations

from typing import Any

from milepost.compat.seventeentrack import metrics, times
from milepost.compat.seventeentrack.call import Call
from milepost.compat.seventeentrack.registry import Found
from milepost.compat.seventeentrack.road import told_of
from milepost.compat.seventeentrack.shape import V22, carrier_of, latest_status, number_of
from milepost.domain.place import Place
from milepost.domain.track import EventView

NOT_PUSHED = "NotPushed"
_PUSHED = {"delivered": "Success", "failed": "Failure"}
_DAYS = ("days_after_order", "days_after_last_update", "days_of_transit", "days_of_transit_done")


def main_of(one: Found) -> str:
    """The package status: one of 9 words."""
    if one.track is None or not told_of(one.track):
        return "NotFound"
    return latest_status(one.track, one.watch.options).main


def news_us(one: Found) -> int | None:
    """When a carrier's news came last. Microseconds since 1970."""
    received = [times.us_of(event.received_at) for event in told_of(one.track)]
    return max((at for at in received if at is not None), default=None)


def push_status_of(one: Found) -> str:
    """NotPushed, Success or Failure; a push that failed once and will be tried again failed."""
    if one.push is None or one.push.at_us is None:
        return NOT_PUSHED
    return _PUSHED.get(one.push.state, "Failure")


def pushed_us(one: Found) -> int | None:
    """When it was pushed last, successfully or not. Microseconds since 1970."""
    return None if one.push is None else one.push.at_us


def row_of(one: Found, call: Call) -> dict[str, Any]:
    """The line of a registered number."""
    watch, track, push = one
    options = watch.options
    events = told_of(track)
    row = {
        "number": number_of(watch),
        "param": options.get("param"),
        "param_type": "None",
        "data_origin": "Api",
        "carrier": carrier_of(watch),
        "shipping_country": _country(track.origin if track else None, options, "origin"),
        "final_carrier": options.get("final_carrier") or 0,
        "recipient_country": _country(track.destination if track else None, options, "destination"),
        "register_time": times.of_us(watch.created_us),
        "tracking_status": "Tracking" if watch.active else "Stopped",
        "package_status": main_of(one),
        "track_time": times.of_us(news_us(one)),
        "sync_status": bool(events),
        "push_time": times.of_us(pushed_us(one)),
        "push_status": push_status_of(one),
        "push_status_code": push.code if push is not None else None,
        "stop_track_time": times.of_us(watch.stopped_us),
        "stop_track_reason": options.get("stop_track_reason"),
        "is_retracked": bool(options.get("is_retracked")),
        "carrier_change_count": options.get("carrier_change_count", 0),
        "tag": options.get("tag"),
        "email": options.get("email"),
        "order_no": options.get("order_no"),
        "order_time": options.get("order_time"),
        "lang": options.get("lang"),
        "remark": options.get("remark"),
        "latest_event_time": _time(events[0]) if events else None,
        "latest_event_info": _info(events[0]) if events else None,
    }
    if call.version == V22:
        del row["sync_status"]
    counted = metrics.time_metrics(events, None, call.now_us)
    first = metrics.first_of_stages(events)
    return (
        row
        | {name: counted[name] if events else None for name in _DAYS}
        | {
            "delievery_time": _stage_time(first, "Delivered"),
            "pickup_time": _stage_time(first, "PickedUp"),
        }
    )


def _country(place: Place | None, options: dict[str, Any], side: str) -> str | None:
    country = place.country if place else None
    return country or options.get(f"{side}_country")


def _time(event: EventView) -> str:
    time_iso: str | None = times.of_event(event)["time_iso"]
    return time_iso or event.occurred_at


def _info(event: EventView) -> str | None:
    label = event.place.label if event.place else None
    return ",".join(part for part in (label, event.text) if part) or None


def _stage_time(first: dict[str, EventView], stage: str) -> str | None:
    if stage not in first:
        return None
    time_utc: str | None = times.of_event(first[stage])["time_utc"]
    return time_utc
