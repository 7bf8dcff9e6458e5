"""Kuaidi100's push: `param` with the full list of traces, newest first, all values strings."""

from __future__ import annotations

import msgspec

from milepost.demo.wire.push import Push, Trace, carrier_of, code_of, wall_clock

_VENDOR = "kuaidi100"


def encode(push: Push) -> bytes:
    """The JSON text that stands in `param`."""
    signed = _state(push.traces[-1])[0] == "3"
    return msgspec.json.encode(
        {
            "status": "shutdown" if signed else "polling",
            "billstatus": "check" if signed else "sending",
            "message": "",
            "autoCheck": "0",
            "comOld": "",
            "comNew": "",
            "lastResult": _result(push, signed),
        }
    )


def _result(push: Push, signed: bool) -> dict[str, object]:
    return {
        "message": "ok",
        "state": _state(push.traces[-1])[0],
        "status": "200",
        "condition": "F00" if signed else "00",
        "ischeck": "1" if signed else "0",
        "com": carrier_of(_VENDOR, push.leg),
        "nu": push.leg.number,
        "data": [_trace(trace) for trace in reversed(push.traces)],
    }


def _trace(trace: Trace) -> dict[str, object]:
    place = trace.event.stop.place
    time = wall_clock(trace.local)
    return {
        "time": time,
        "ftime": time,
        "context": trace.text,
        "location": place.city or "",
        "areaName": f"{place.region or ''},{place.city or ''}",
        "areaCenter": f"{place.longitude},{place.latitude}",
        "status": _state(trace)[1],
        "statusCode": code_of(_VENDOR, trace.event),
    }


def _state(trace: Trace) -> tuple[str, str]:
    """The basic state of a status code and its name."""
    code = code_of(_VENDOR, trace.event)
    basic = "0" if len(code) == 4 else code[0]
    return basic, _NAMES[basic]


_NAMES = {
    "0": "在途", "1": "揽收", "2": "疑难", "3": "签收", "4": "退签", "5": "派件", "6": "退回",
    "7": "转投",
}  # fmt: skip
