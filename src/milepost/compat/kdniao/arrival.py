"""Instructions 6004 (before), 6006 and 6016 (after dispatch): when will it be there?

Where carrier, merchant or predictor has stated a time, that is the answer. Else it is an honest
rough estimate from the distance between the two cities, and DeliveryMemo says so.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from milepost.compat.core import CompatServices
from milepost.compat.kdniao import VENDOR, clock, faults, query, shape
from milepost.compat.kdniao.asking import Instruction, Wanted
from milepost.compat.kdniao.faults import KdniaoError, invalid, missing
from milepost.compat.kdniao.rough import rough_hours
from milepost.compat.kdniao.states import visible
from milepost.compat.kdniao.waybill import checked_number, checked_shipper
from milepost.domain.place import Place
from milepost.domain.track import Track

Json = dict[str, Any]
BEFORE = "6004"
_ECHOED = (
    "SendProvince", "SendCity", "SendArea", "SendAddress",
    "ReceiveProvince", "ReceiveCity", "ReceiveArea", "ReceiveAddress",
)  # fmt: skip
_NEEDED = ("SendProvince", "SendCity", "ReceiveProvince", "ReceiveCity")
_ROUGH = "粗略估算：无承运商时效数据，按两地直线距离推算"
_LEARNED = "依据历史运单时效预测"
_STATED = "依据承运商或商家承诺时效"


async def answer(services: CompatServices, call: Instruction) -> Json:
    """`Data` with the time of arrival. Raises KdniaoError."""
    wanted = call.wanted
    carrier = services.crosswalk.slug_of(VENDOR, wanted.shipper)
    checked_shipper(wanted, carrier)
    now = clock.moment(services.now_us())
    track = None
    if call.kind != BEFORE:
        track = await _track(services, call, carrier)
    caught = _caught(wanted, track, now)
    due, memo = _due(wanted, track, caught)
    data = {name: getattr(wanted, name) for name in ("ShipperCode", *_ECHOED)}
    if call.kind != BEFORE:
        data |= {"LogisticCode": wanted.number, **_latest(track)}
    return {
        "EBusinessID": call.credential.public_id,
        "Success": True,
        "ResultCode": "100",
        "Reason": "",
        "Data": data | _told(due, caught, memo),
    }


async def _track(services: CompatServices, call: Instruction, carrier: str | None) -> Track | None:
    number = checked_number(call.wanted)
    tenant = call.credential.tenant
    given = [call.wanted.SenderPhone, call.wanted.ReceivePhone, call.wanted.ReceiverPhone]
    track = await query.find(services, tenant, number)
    return track if await query.opens(services, call, carrier, track, given) else None


def _caught(wanted: Wanted, track: Track | None, now: datetime) -> datetime:
    """When the carrier took it over: as stated, as scanned, else now."""
    if wanted.CatchTime:
        stated = clock.read(wanted.CatchTime)
        if stated is None:
            raise invalid("CatchTime", wanted.CatchTime)
        return stated.astimezone(clock.CHINA)
    for one in track.milestones if track is not None else ():
        if one.main == "picked_up":
            return clock.instant(one.at).astimezone(clock.CHINA)
    return now


def _due(wanted: Wanted, track: Track | None, caught: datetime) -> tuple[datetime, str]:
    arrival = track.arrival if track is not None else None
    if arrival is not None and not arrival.guess:
        memo = _STATED if arrival.source.endswith("_promise") else _LEARNED
        return clock.instant(arrival.latest).astimezone(clock.CHINA), memo
    for name in _NEEDED:
        if not getattr(wanted, name):
            raise missing(name)
    start = Place(city=wanted.SendCity, region=wanted.SendProvince, country="CN")
    end = Place(city=wanted.ReceiveCity, region=wanted.ReceiveProvince, country="CN")
    hours = rough_hours(start, end)
    if hours is None:
        raise KdniaoError(faults.NO_ESTIMATE)
    return caught + timedelta(hours=hours), _ROUGH


def _latest(track: Track | None) -> Json:
    """Where it was scanned last; the names are the carrier's, null where it does not say."""
    place = (
        next((one.place for one in reversed(visible(track)) if one.place), None) if track else None
    )
    return {
        "LatestStation": place.label if place else None,
        "LatestProvince": place.region if place else None,
        "LatestCity": (shape.city(place) or None) if place else None,
        "LatestArea": None,
    }


def _told(due: datetime, caught: datetime, memo: str) -> Json:
    hours = max(0, math.ceil((due - caught) / timedelta(hours=1)))
    half = "上午" if due.hour < 12 else "下午"
    return {
        "DeliveryTime": f"{due:%m月%d日}{half}可达",
        "DeliveryDate": f"{due:%Y-%m-%d}",
        "Hour": f"{hours}h",
        "PredictPath": None,
        "DeliveryMemo": memo,
    }
