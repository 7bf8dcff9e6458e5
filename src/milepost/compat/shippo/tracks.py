"""`/tracks`: how a number stands, and the wish to be told of its changes."""

from __future__ import annotations

from typing import Any

from milepost.compat.core import AlreadyWatchedError, TooManyWatchedError, Watch
from milepost.compat.shippo import VENDOR, carriers, faults, mock, shape
from milepost.compat.shippo.answering import Call
from milepost.domain.scan import Facts
from milepost.engine.resolve import BadScanError, checked_number

MOST_METADATA = 100


async def get(call: Call) -> dict[str, Any]:
    """`GET /tracks/{carrier}/{number}`."""
    carrier, number = call.path("carrier"), call.path("number")
    if carrier == mock.CARRIER:
        return _mocked(call, number, None)
    number = _checked(number)
    # One after the other: the watches are in memory mostly, and tasks cost more than they save.
    watches = await call.services.watches.get(call.tenant, VENDOR, number, carrier)
    track = await call.services.queries.track(call.tenant, number, private=True)
    return shape.track_object(carrier, number, track, _metadata(watches))


async def create(call: Call) -> dict[str, Any]:
    """`POST /tracks`: from now on its changes go to the account's webhooks."""
    carrier, number = call.text("carrier"), call.text("tracking_number")
    for name, value in (("carrier", carrier), ("tracking_number", number)):
        if not value:
            raise faults.required(name)
    metadata = call.text("metadata") or None
    if metadata and len(metadata) > MOST_METADATA:
        raise faults.field("metadata", f"Ensure this has no more than {MOST_METADATA} characters.")
    if carrier == mock.CARRIER:
        return _mocked(call, number, metadata)
    watch = await _watched(call, carrier, _checked(number), metadata)
    track = await call.services.queries.track(call.tenant, watch.number, private=True)
    return shape.track_object(carrier, watch.number, track, _metadata([watch]))


def _mocked(call: Call, number: str, metadata: str | None) -> dict[str, Any]:
    made = mock.track_object(number, call.services.now_us(), metadata)
    if made is None:
        raise faults.not_found()
    return made


async def _watched(call: Call, carrier: str, number: str, metadata: str | None) -> Watch:
    """The watch, new or as it was with new metadata."""
    services = call.services
    watch = Watch(
        tenant=call.tenant,
        dialect=VENDOR,
        number=number,
        carrier_code=carrier,
        carrier=carriers.slug_of(services.crosswalk, carrier),
        options={"metadata": metadata},
        account=call.credential.public_id,
    )
    try:
        watch = await services.watches.add(watch)
    except AlreadyWatchedError as error:
        return await _renamed(call, error.watch, metadata)
    except TooManyWatchedError:
        raise faults.detail(429, "The limit of this installation is reached.") from None
    if watch.carrier:
        fact = Facts(number=number, carrier=watch.carrier)
        await services.journey.add_facts(watch.tenant, "merchant", [fact])
    await services.watches.push(watch)
    return watch


async def _renamed(call: Call, watch: Watch, metadata: str | None) -> Watch:
    if metadata is not None and watch.options.get("metadata") != metadata:
        watch.options = watch.options | {"metadata": metadata}
        await call.services.watches.save(watch)
    return watch


def _metadata(watches: list[Watch]) -> str | None:
    said = [watch.options.get("metadata") for watch in watches]
    return next((str(one) for one in reversed(said) if one), None)


def _checked(number: str) -> str:
    try:
        return checked_number(number)
    except BadScanError as error:
        raise faults.field("tracking_number", str(error)) from None
