"""`/v2/trackers`: numbers that a client has asked to be followed."""

from __future__ import annotations

from typing import Any

from milepost.compat.core import AlreadyWatchedError, TooManyWatchedError, Watch
from milepost.compat.easypost import VENDOR, carriers, faults, ids, listing, mock, shape
from milepost.compat.easypost.answering import Call
from milepost.compat.easypost.faults import EasyPostError
from milepost.domain.scan import Facts
from milepost.engine.resolve import BadScanError, checked_number

MOST_OF_A_BATCH = 100


async def create(call: Call) -> dict[str, Any]:
    """Follow a number. One that is followed already is simply given back."""
    return await shown(call, await _followed(call, call.inside("tracker")))


async def create_list(call: Call) -> dict[str, Any]:
    """Many at once, as older clients do: a list of trackers, or an object of them by number."""
    given = call.body.get("trackers")
    rows = list(given.values()) if isinstance(given, dict) else given
    if not isinstance(rows, list) or not rows:
        raise faults.required("trackers")
    if len(rows) > MOST_OF_A_BATCH:
        raise faults.invalid("trackers", f"at most {MOST_OF_A_BATCH}")
    for row in rows:
        if not isinstance(row, dict):
            raise faults.invalid("trackers", "is no tracker")
        await _followed(call, row)
    return {}


async def _followed(call: Call, asked: dict[str, Any]) -> Watch:
    code = _text(asked.get("tracking_code"))
    if not code:
        raise faults.required("tracking_code")
    carrier_code = _text(asked.get("carrier")) or None
    services = call.services
    watch = Watch(
        tenant=call.tenant,
        dialect=VENDOR,
        number=_checked(code),
        carrier_code=carrier_code,
        carrier=carriers.slug_of(services.crosswalk, carrier_code) if carrier_code else None,
        options={"base_url": services.base_url},
        account=call.credential.public_id,
    )
    for known in await services.watches.get(call.tenant, VENDOR, watch.number):
        if carrier_code is None or known.carrier_code == carrier_code:
            return known
    return await _added(call, watch)


async def _added(call: Call, watch: Watch) -> Watch:
    services = call.services
    try:
        watch = await services.watches.add(watch)
    except AlreadyWatchedError as error:
        return error.watch
    except TooManyWatchedError:
        text = "The limit of this installation for trackers is reached."
        raise EasyPostError(429, "RATE_LIMITED", text) from None
    if watch.carrier:
        fact = Facts(number=watch.number, carrier=watch.carrier)
        await services.journey.add_facts(watch.tenant, "merchant", [fact])
    await services.watches.push(watch)
    return watch


async def retrieve(call: Call) -> dict[str, Any]:
    """One tracker, by its id or by its tracking code."""
    return await shown(call, await _found(call))


async def delete(call: Call) -> None:
    """Follow it no longer. What is known of the parcel stays."""
    await call.services.watches.delete(await _found(call))


async def all_of(call: Call) -> dict[str, Any]:
    """A page, newest first."""
    page, more = await listing.page(call)
    return {"trackers": [await shown(call, watch) for watch in page], "has_more": more}


async def all_updated(call: Call) -> dict[str, Any]:
    """Those of which something was heard last, among the newest, as older clients ask."""
    wanted = listing.updated(call)
    found = [await shown(call, watch) for watch in await listing.newest(call)]
    found = sorted(filter(wanted.has, found), key=lambda one: one["updated_at"], reverse=True)
    page = found[wanted.skip : wanted.skip + wanted.size]
    return {"trackers": page, "has_more": len(found) > wanted.skip + wanted.size}


async def batch(call: Call) -> dict[str, Any]:
    """The trackers of up to 100 codes, those that are followed."""
    codes = call.body.get("tracking_codes")
    if not isinstance(codes, list) or not codes:
        raise faults.required("tracking_codes")
    if len(codes) > MOST_OF_A_BATCH:
        raise faults.invalid("tracking_codes", f"at most {MOST_OF_A_BATCH}")
    found: list[dict[str, Any]] = []
    for code in dict.fromkeys(_text(one) for one in codes):
        known = await call.services.watches.get(call.tenant, VENDOR, code) if code else []
        found += [await shown(call, watch) for watch in known]
    return {"trackers": found, "has_more": False}


async def _found(call: Call) -> Watch:
    given = str(call.request.path_params["id"])
    number = ids.number_of(ids.TRACKER, given)
    if number is not None:
        watch = await call.services.watches.by_id(call.tenant, VENDOR, number)
        if watch is not None:
            return watch
    elif not given.startswith(f"{ids.TRACKER}_"):
        known = await call.services.watches.get(call.tenant, VENDOR, given)
        if known:
            return known[-1]
    raise faults.not_found()


async def shown(call: Call, watch: Watch) -> dict[str, Any]:
    """The Tracker, with its road as it stands now."""
    services = call.services
    track = mock.track(watch.number, watch.created_us)
    if track is None:
        track = await services.queries.track(call.tenant, watch.number, private=True)
    return shape.tracker(watch, track, services.crosswalk, services.base_url)


def _checked(code: str) -> str:
    try:
        return checked_number(code)
    except BadScanError as error:
        raise faults.invalid("tracking_code", str(error)) from None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
