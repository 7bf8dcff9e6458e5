"""17TRACK's webhook `TRACKING_UPDATED` (v2.4): a provider for each leg, events newest first."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

import msgspec

from milepost.demo.wire.push import Push, Trace, carrier_of, code_of

_VENDOR = "17track"
_STAGES = {
    "info_received": "InfoReceived",
    "picked_up": "PickedUp",
    "in_transit.departed_country": "Departure",
    "in_transit.arrived_country": "Arrival",
    "available_for_pickup": "AvailableForPickup",
    "out_for_delivery": "OutForDelivery",
    "delivered": "Delivered",
    "returning": "Returning",
    "returned": "Returned",
}


def encode(push: Push) -> bytes:
    """The webhook's body."""
    item = {
        "number": push.leg.number,
        "carrier": carrier_of(_VENDOR, push.leg),
        "param": None,
        "tag": push.order_number,
        "track_info": _track_info(push),
    }
    return msgspec.json.encode({"event": "TRACKING_UPDATED", "data": item})


def _track_info(push: Push) -> dict[str, object]:
    latest = push.traces[-1]
    code = code_of(_VENDOR, latest.event)
    return {
        "shipping_info": {
            "shipper_address": _address(push.lane.origin.country, push.lane.origin.latin),
            "recipient_address": _address(
                push.lane.destination.country, push.lane.destination.latin
            ),
        },
        "latest_status": {
            "status": code.partition("_")[0],
            "sub_status": code,
            "sub_status_descr": None,
        },
        "latest_event": _event(latest),
        "time_metrics": {
            "days_of_transit": max((push.at - push.traces[0].event.at).days, 0),
            "estimated_delivery_date": {
                "source": "Official",
                "from": push.promised.replace(hour=9).isoformat(),
                "to": push.promised.isoformat(),
            },
        },
        "milestone": [_milestone(push, stage) for stage in _STAGES.values()],
        "misc_info": _misc_info(push),
        "tracking": {"providers_hash": 1, "providers": _providers(push)},
    }


def _address(country: str, city: str) -> dict[str, object]:
    return {
        "country": country,
        "state": None,
        "city": city,
        "street": None,
        "postal_code": None,
        "coordinates": {"longitude": None, "latitude": None},
    }


def _event(trace: Trace) -> dict[str, object]:
    local = trace.local
    return {
        **_times(local),
        "description": trace.text,
        "location": trace.place_name,
        "stage": _stage(trace),
        "sub_status": code_of(_VENDOR, trace.event),
        "address": {
            **_address(trace.event.stop.city.country, trace.event.stop.city.latin),
            "coordinates": {
                "longitude": str(trace.event.stop.place.longitude),
                "latitude": str(trace.event.stop.place.latitude),
            },
        },
    }


def _times(local: datetime) -> dict[str, object]:
    offset = local.isoformat()[-6:]
    return {
        "time_iso": local.isoformat(),
        "time_utc": f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "time_raw": {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M:%S}", "timezone": offset},
    }


def _stage(trace: Trace) -> str | None:
    sub = trace.event.sub
    return _STAGES.get(sub) or _STAGES.get(sub.partition(".")[0])


def _milestone(push: Push, stage: str) -> dict[str, object]:
    first = next((trace for trace in push.traces if _stage(trace) == stage), None)
    times = _times(first.local) if first else {"time_iso": None, "time_utc": None, "time_raw": None}
    return {"key_stage": stage, **times}


def _misc_info(push: Push) -> dict[str, object]:
    last = push.lane.legs[-1]
    handed_over = last is not push.leg and push.traces[-1].leg is last
    return {
        "weight_raw": f"{push.weight_g / 1000:.3f} kg",
        "weight_kg": f"{push.weight_g / 1000:.3f}",
        "pieces": "1",
        "reference_number": push.order_number,
        "local_number": last.number if handed_over else None,
        "local_provider": last.carrier.slug if handed_over else None,
        "local_key": carrier_of(_VENDOR, last) if handed_over else None,
    }


def _providers(push: Push) -> list[dict[str, object]]:
    return [
        {
            "provider": {
                "key": carrier_of(_VENDOR, leg),
                "name": leg.carrier.slug,
                "country": leg.carrier.countries[0],
            },
            "latest_sync_status": "Success",
            "latest_sync_time": f"{push.at:%Y-%m-%dT%H:%M:%SZ}",
            "events_hash": zlib.crc32(leg.number.encode()) >> 1,
            "events": [_event(trace) for trace in reversed(push.traces) if trace.leg is leg],
        }
        for leg in push.lane.legs
        if any(trace.leg is leg for trace in push.traces)
    ]
