"""The calls that only read: a number's road, a road in real time, and the quota."""

from __future__ import annotations

from datetime import UTC, datetime

from milepost.compat.core import Watch
from milepost.compat.seventeentrack import VENDOR, detecting, faults
from milepost.compat.seventeentrack.call import (
    Call,
    Item,
    each_at_once,
    read_carrier,
    read_items,
    read_number,
)
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.fields import read_fields
from milepost.compat.seventeentrack.registry import find
from milepost.compat.seventeentrack.road import key_of
from milepost.compat.seventeentrack.shape import Asked, item
from milepost.domain.track import Track

_LEVELS = {"0", "1", "standard", "instant"}
_PAGE = 500
_MOST_TODAY = 20_000


async def get_track_info(call: Call, body: bytes) -> Item:
    return await each_at_once(call, read_items(body), _track_info)


async def get_realtime(call: Call, body: bytes) -> Item:
    """Also for numbers that are not registered; one a call, as carriers are asked for it."""
    return await each_at_once(call, read_items(body, most=1), _realtime)


async def identify_carrier(call: Call, body: bytes) -> Item:
    """The carrier of each number, as the calls were before registering found it out."""
    return await each_at_once(call, read_items(body), _identified)


async def get_quota(call: Call, _: bytes) -> Item:
    """Nothing is metered here: the quota is how many numbers a tenant may have at a time."""
    used = await call.services.watches.count(call.tenant, VENDOR)
    most = call.services.most_watched
    return {
        "code": 0,
        "data": {
            "quota_total": most,
            "quota_used": used,
            "quota_remain": max(0, most - used),
            "today_used": await _registered_today(call),
            "max_track_daily": most,
            "free_email_quota": 0,
            "free_email_quotaused": 0,
        },
    }


async def _identified(call: Call, wanted: Item) -> Item:
    number = read_number(wanted)
    found = await detecting.detect(call, number, read_fields(wanted).get("destination_country"))
    return {"number": number, "carrier": found.key}


async def _track_info(call: Call, wanted: Item) -> Item:
    watch, track, _ = await find(call, wanted)
    return _told(call, Asked.of(watch, call.version), track)


async def _realtime(call: Call, wanted: Item) -> Item:
    number = read_number(wanted)
    level = wanted.get("cacheLevel", wanted.get("cache_level"))
    if level is not None and str(level).lower() not in _LEVELS:
        raise FaultError(faults.BAD_VALUE, level, "cacheLevel")
    key = read_carrier(wanted)
    if key is not None:
        detecting.given(call.services.crosswalk, key)
    track = await call.services.queries.track(call.tenant, number, private=True)
    known = key_of(call.services.crosswalk, track.carrier) if track else 0
    asked = Asked(
        number=number, carrier=key or known, options=read_fields(wanted), version=call.version
    )
    return _told(call, asked, track)


def _told(call: Call, asked: Asked, track: Track | None) -> Item:
    found = item(asked, track, call.services.crosswalk, call.now_us) if track else None
    if found is None:
        raise FaultError(faults.NO_TRACK_YET, asked.number)
    return found


async def _registered_today(call: Call) -> int:
    now = datetime.fromtimestamp(call.now_us // 1_000_000, UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since_us = int(midnight.timestamp()) * 1_000_000
    after, count = None, 0
    while count < _MOST_TODAY:
        page = await _newest(call, after)
        fresh = [watch for watch in page if watch.created_us >= since_us]
        count += len(fresh)
        if not fresh or len(fresh) < _PAGE:
            break
        after = page[-1].id
    return count


async def _newest(call: Call, after: int | None) -> list[Watch]:
    watches = call.services.watches
    return await watches.page(call.tenant, VENDOR, after=after, limit=_PAGE, newest_first=True)
