"""The calls that change what is registered."""

from __future__ import annotations

from milepost.compat.core import AlreadyWatchedError, Watch
from milepost.compat.seventeentrack import VENDOR, detecting, faults, lifecycle
from milepost.compat.seventeentrack.call import (
    Call,
    Handler,
    Item,
    One,
    each,
    read_carrier,
    read_items,
)
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.fields import read_fields
from milepost.compat.seventeentrack.registry import Found, find
from milepost.compat.seventeentrack.road import is_postal, told_of
from milepost.compat.seventeentrack.shape import carrier_of, number_of


def _of_each(one: One) -> Handler:
    """A call that does something with each of its items, in order."""

    async def handler(call: Call, body: bytes) -> Item:
        return await each(call, read_items(body), one)

    return handler


async def _change_carrier(call: Call, item: Item) -> Item:
    new = read_carrier(item, "carrier_new", faults.BAD_NEW_CARRIER)
    final = read_carrier(item, "final_carrier_new", faults.BAD_NEW_CARRIER)
    found = await _to_change(call, item)
    _check_change(found, item, new, final)
    watch, changes = found.watch, _changes(found) + 1
    if new is not None:
        carrier = detecting.given(call.services.crosswalk, new, faults.BAD_NEW_CARRIER)
        watch.carrier_code, watch.carrier = str(carrier.key), carrier.slug
    if final is not None:
        watch.options = watch.options | {"final_carrier": final}
    watch.options = watch.options | {"carrier_change_count": changes}
    await _save_changed(call, watch)
    answer = {"number": number_of(watch), "carrier": carrier_of(watch), "carrier_new": new}
    return answer if final is None else answer | {"final_carrier_new": final}


async def _save_changed(call: Call, watch: Watch) -> None:
    try:
        await call.services.watches.save(watch)
    except AlreadyWatchedError:
        raise FaultError(faults.DUPLICATE, number_of(watch)) from None


async def _to_change(call: Call, item: Item) -> Found:
    """By the number alone, so that a wrong old carrier can be told from a number not registered."""
    try:
        return await find(call, item, "carrier_old")
    except FaultError as error:
        if error.code != faults.NOT_REGISTERED or read_carrier(item, "carrier_old") is None:
            raise
        await find(call, {"number": item["number"]})
        raise FaultError(faults.OTHER_CARRIER, item.get("carrier_old")) from None


def _check_change(found: Found, item: Item, new: int | None, final: int | None) -> None:
    watch = found.watch
    if read_carrier(item, "carrier_old") is None:
        raise FaultError(faults.OLD_CARRIER_NEEDED)
    if new is None and final is None:
        raise FaultError(faults.NEW_CARRIER_NEEDED)
    known = (carrier_of(watch), watch.options.get("final_carrier"))
    if (new or known[0], final or known[1]) == known:
        raise FaultError(faults.SAME_CARRIER)
    if final is not None and not is_postal(new or carrier_of(watch)):
        raise FaultError(faults.ONLY_POSTAL)
    if not watch.active:
        raise FaultError(faults.CHANGE_OF_STOPPED)
    if _changes(found) >= lifecycle.MOST_CARRIER_CHANGES:
        raise FaultError(faults.CHANGED_TOO_OFTEN)
    if not told_of(found.track):
        raise FaultError(faults.CHANGED_TOO_EARLY)


def _changes(found: Found) -> int:
    return int(found.watch.options.get("carrier_change_count", 0))


async def _change_info(call: Call, item: Item) -> Item:
    watch = (await find(call, item)).watch
    items = item.get("items")
    changed = read_fields(items if isinstance(items, dict) else item)
    if not changed:
        raise FaultError(faults.NOTHING_TO_UPDATE)
    watch.options = watch.options | changed
    await call.services.watches.save(watch)
    return {"number": number_of(watch), "carrier": carrier_of(watch)}


async def _stop(call: Call, item: Item) -> Item:
    watch = (await find(call, item)).watch
    if not watch.active:
        raise FaultError(faults.NOT_TRACKING)
    lifecycle.stop(watch, lifecycle.BY_REQUEST, call.now_us)
    await call.services.watches.save(watch)
    await call.services.watches.push(watch)
    return {"number": number_of(watch), "carrier": carrier_of(watch)}


async def _retrack(call: Call, item: Item) -> Item:
    watch = (await find(call, item)).watch
    if watch.active:
        raise FaultError(faults.NOT_STOPPED)
    if watch.options.get("is_retracked"):
        raise FaultError(faults.RETRACKED_ALREADY)
    lifecycle.restart(watch, call.now_us)
    await call.services.watches.save(watch)
    return {"number": number_of(watch), "carrier": carrier_of(watch)}


async def _delete(call: Call, item: Item) -> Item:
    watch = (await find(call, item)).watch
    await call.services.watches.delete(watch)
    return {"number": number_of(watch), "carrier": carrier_of(watch)}


async def _push(call: Call, item: Item) -> Item:
    """Send the webhook again, as things stand."""
    found = await find(call, item)
    watch = found.watch
    if not await call.services.hooks.of_tenant(call.tenant, VENDOR):
        raise FaultError(faults.NO_WEBHOOK)
    if not told_of(found.track):
        raise FaultError(faults.NO_TRACK_YET, number_of(watch))
    if watch.options.get("next_push"):
        watch.options = watch.options | {"next_push": None}
        await call.services.watches.save(watch)
    if not await call.services.watches.push(watch):
        raise FaultError(faults.NO_WEBHOOK)
    return {"number": number_of(watch), "carrier": carrier_of(watch)}


change_carrier = _of_each(_change_carrier)
change_info = _of_each(_change_info)
stop = _of_each(_stop)
retrack = _of_each(_retrack)
delete = _of_each(_delete)
push = _of_each(_push)
