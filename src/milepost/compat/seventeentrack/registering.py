"""`register`: numbers that a client wants tracked."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from milepost.compat.core import AlreadyWatchedError, TooManyWatchedError, Watch
from milepost.compat.seventeentrack import VENDOR, faults, lifecycle
from milepost.compat.seventeentrack.call import (
    Call,
    Item,
    attempt,
    read_carrier,
    read_items,
    read_number,
    sorted_out,
)
from milepost.compat.seventeentrack.detecting import GUESSED, Carrier, detect, given
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.fields import phone_of, place_of, read_fields
from milepost.compat.seventeentrack.road import is_postal, told_of
from milepost.domain.moment import to_datetime
from milepost.engine.registration import Registration, RegistrationError


async def register(call: Call, body: bytes) -> Item:
    """Take up to 40 numbers. The answer holds no events: those come later."""
    items = read_items(body)
    added: list[tuple[Watch, Carrier]] = []

    async def one(call: Call, item: Item) -> Item:
        watch, carrier = await _add(call, item)
        added.append((watch, carrier))
        return _accepted(watch, carrier)

    results = [await attempt(call, item, one) for item in items]
    # Together, so that they share a commit.
    await asyncio.gather(*(_announce(call, *pair) for pair in added))
    return sorted_out(items, results)


async def _add(call: Call, item: Item) -> tuple[Watch, Carrier]:
    number, options = read_number(item), read_fields(item)
    carrier = await _carrier(call, item, number)
    _check_phone(call, item, carrier, options)
    _read_final(item, carrier, options)
    options |= {"number": number, "version": call.version}
    watch = Watch(
        tenant=call.tenant,
        dialect=VENDOR,
        number=number,
        carrier_code=str(carrier.key),
        carrier=carrier.slug,
        options=options,
        account=call.credential.public_id,
    )
    try:
        return await _insert(call, watch), carrier
    except AlreadyWatchedError:
        raise FaultError(faults.ALREADY_REGISTERED, number) from None
    except TooManyWatchedError:
        raise FaultError(faults.QUOTA_USED_UP) from None


async def _insert(call: Call, watch: Watch) -> Watch:
    """A number that was stopped so long ago that it is forgotten can be registered anew."""
    try:
        return await call.services.watches.add(watch)
    except AlreadyWatchedError as error:
        if not lifecycle.is_forgotten(error.watch, call.now_us):
            raise
        await call.services.watches.delete(error.watch)
        return await call.services.watches.add(watch)


async def _carrier(call: Call, item: Item, number: str) -> Carrier:
    key = read_carrier(item)
    if key is not None:
        return given(call.services.crosswalk, key)
    if item.get("auto_detection") in (False, "false", 0):
        raise FaultError(faults.NOT_DETECTED)
    place = place_of(item, "origin")
    return await detect(call, number, place.country if place else None)


def _check_phone(call: Call, item: Item, carrier: Carrier, options: Item) -> None:
    row = call.services.crosswalk.row(carrier.slug) if carrier.slug else None
    named = read_carrier(item) is not None
    if named and row is not None and row.needs_phone_tail and not phone_of(options):
        raise FaultError(faults.PHONE_NEEDED, "1234", "phone_number_last_4")


def _read_final(item: Item, carrier: Carrier, options: Item) -> None:
    final = read_carrier(item, "final_carrier")
    if final is None:
        return
    if not is_postal(carrier.key):
        raise FaultError(faults.ONLY_POSTAL)
    options["final_carrier"] = final


async def _announce(call: Call, watch: Watch, carrier: Carrier) -> None:
    """The rest of Milepost knows the shipment from now on: lists, alerts, polling of carriers.

    What is known of it already is pushed, as clients wait for that after a registration.
    """
    track = await call.services.queries.track(call.tenant, watch.number)
    # A shipment that was registered otherwise says more than this registration: leave it alone.
    with suppress(RegistrationError):
        now = to_datetime(call.now_us, 0)
        await call.services.registrar.register(call.tenant, _registration(watch, carrier), now)
    if told_of(track):
        await call.services.watches.push(watch)


def _registration(watch: Watch, carrier: Carrier) -> Registration:
    return Registration(
        number=watch.number,
        carrier=None if carrier.origin == GUESSED else carrier.slug,
        order_number=watch.options.get("order_no") or None,
        origin=place_of(watch.options, "origin"),
        destination=place_of(watch.options, "destination"),
    )


def _accepted(watch: Watch, carrier: Carrier) -> Item:
    options = watch.options
    return {
        "origin": carrier.origin,
        "number": options["number"],
        "carrier": carrier.key,
        "email": options.get("email"),
        "lang": options.get("lang"),
        "tag": options.get("tag"),
    }
