"""Kdniao's push 102: `RequestData` with the full list of traces, oldest first."""

from __future__ import annotations

from datetime import timedelta, timezone

import msgspec

from milepost.demo.wire.push import Push, Trace, carrier_of, code_of, wall_clock

_VENDOR = "kdniao"
_CHINA = timezone(timedelta(hours=8))
_EBUSINESS_ID = "demo0000001"


def encode(push: Push) -> bytes:
    """The JSON text that stands in `RequestData`."""
    return msgspec.json.encode(
        {
            "EBusinessID": _EBUSINESS_ID,
            "PushTime": wall_clock(push.at.astimezone(_CHINA)),
            "Count": "1",
            "Data": [_waybill(push)],
        }
    )


def _waybill(push: Push) -> dict[str, object]:
    latest = code_of(_VENDOR, push.traces[-1].event)
    return {
        "EBusinessID": _EBUSINESS_ID,
        "OrderCode": push.order_number,
        "ShipperCode": carrier_of(_VENDOR, push.leg),
        "LogisticCode": push.leg.number,
        "Success": True,
        "Reason": "",
        "State": latest[0] if latest != "10" else "1",
        "StateEx": latest,
        "Location": push.traces[-1].event.stop.place.city,
        "EstimatedDeliveryTime": wall_clock(push.promised),
        "Traces": [_trace(trace) for trace in push.traces],
    }


def _trace(trace: Trace) -> dict[str, object]:
    return {
        "Action": code_of(_VENDOR, trace.event),
        "AcceptStation": trace.text,
        "AcceptTime": wall_clock(trace.local),
        "Location": trace.event.stop.place.city,
    }
