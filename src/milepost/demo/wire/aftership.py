"""AfterShip's webhook `tracking_update` (2026-07): the whole tracking, checkpoints oldest first."""

from __future__ import annotations

import uuid
import zlib

import msgspec

from milepost.demo.wire.push import Push, Trace, carrier_of, code_of

_VENDOR = "aftership"


def encode(push: Push) -> bytes:
    """The webhook's body."""
    name = f"{push.leg.number}:{len(push.traces)}"
    return msgspec.json.encode(
        {
            "event": "tracking_update",
            "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{name}")),
            "is_tracking_first_tag": len(push.traces) == 1,
            "msg": _tracking(push),
            "ts": int(push.at.timestamp()),
        }
    )


def _tracking(push: Push) -> dict[str, object]:
    last = push.lane.legs[-1]
    subtag = code_of(_VENDOR, push.traces[-1].event)
    handed_over = last is not push.leg and push.traces[-1].leg is last
    return {
        "id": f"{zlib.crc32(push.leg.number.encode()):032x}",
        "tracking_number": push.leg.number,
        "slug": carrier_of(_VENDOR, push.leg),
        "updated_at": f"{push.at:%Y-%m-%dT%H:%M:%S+00:00}",
        "active": True,
        "order_id": push.order_number,
        "origin_country_region": _ISO3[push.lane.origin.country],
        "destination_country_region": _ISO3[push.lane.destination.country],
        "courier_estimated_delivery_date": {
            "estimated_delivery_date": push.promised.date().isoformat(),
            "estimated_delivery_date_min": None,
            "estimated_delivery_date_max": None,
        },
        "shipment_package_count": 1,
        "shipment_weight": {"unit": "kg", "value": push.weight_g / 1000},
        "tag": subtag.partition("_")[0],
        "subtag": subtag,
        "last_mile": {"tracking_number": last.number, "slug": carrier_of(_VENDOR, last)}
        if handed_over
        else None,
        "checkpoints": [_checkpoint(trace) for trace in push.traces],
    }


def _checkpoint(trace: Trace) -> dict[str, object]:
    place = trace.event.stop.place
    subtag = code_of(_VENDOR, trace.event)
    return {
        "slug": carrier_of(_VENDOR, trace.leg),
        "checkpoint_time": trace.local.isoformat(),
        "location": trace.place_name,
        "city": place.city,
        "state": place.region,
        "postal_code": place.postal_code,
        "coordinate": {"latitude": place.latitude, "longitude": place.longitude},
        "country_region": _ISO3[trace.event.stop.city.country],
        "message": trace.text,
        "tag": subtag.partition("_")[0],
        "subtag": subtag,
        "source": "carrier",
    }


_ISO3 = {
    "CN": "CHN", "US": "USA", "GB": "GBR", "DE": "DEU", "FR": "FRA", "AT": "AUT", "NL": "NLD",
    "BE": "BEL",
}  # fmt: skip
