"""Instructions that subscribe a waybill: 1008, 8008, the map's 8005 and cross-border's 7108."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from milepost.compat.core import AlreadyWatchedError, CompatServices, TooManyWatchedError, Watch
from milepost.compat.kdniao import VENDOR, clock, faults, maps, phones, query, shape
from milepost.compat.kdniao.asking import Instruction, Wanted
from milepost.compat.kdniao.faults import KdniaoError
from milepost.compat.kdniao.states import visible
from milepost.compat.kdniao.waybill import checked_number
from milepost.domain.track import Track
from milepost.engine.registration import Registration, RegistrationError

Json = dict[str, Any]
MAP = "8005"


async def answer(services: CompatServices, call: Instruction) -> Json:
    """Subscribe; again is no mistake and changes what is given anew. Raises KdniaoError."""
    wanted = call.wanted
    number = checked_number(wanted)
    shipper, carrier = query.shipper_of(services, call, None)
    known = await query.find(services, call.credential.tenant, number)
    if phones.guarded(carrier, known.carrier if known is not None else None):
        phones.may_see(_phones(wanted), [])
    watch = await _watch(services, _wish(services, call, shipper, carrier))
    await _announce(services, call, number, carrier)
    track = await query.find(services, call.credential.tenant, number)
    if track is not None and visible(track):
        await services.watches.push(watch)
    return _accepted(services, call, watch, track)


def _wish(services: CompatServices, call: Instruction, shipper: str, carrier: str | None) -> Watch:
    wanted = call.wanted
    number = wanted.number
    signer = maps.Signer(services.base_url, call.credential, services.now_us())
    options = {
        "kind": call.kind,
        "sent_as": number,
        "route_map": signer.url(number, shipper) if call.kind == MAP else None,
        "order_code": wanted.OrderCode,
        "callback": wanted.echo,
        "newest_first": wanted.descending,
        "tails": phones.tails_of(_phones(wanted)),
    }
    return Watch(
        tenant=call.credential.tenant,
        dialect=VENDOR,
        number=number,
        carrier_code=shipper,
        carrier=carrier,
        callback=(wanted.CallbackUrl or "").strip() or None,
        options={name: value for name, value in options.items() if value},
        account=call.credential.public_id,
    )


async def _watch(services: CompatServices, wish: Watch) -> Watch:
    try:
        try:
            return await services.watches.add(wish)
        except AlreadyWatchedError as error:
            again = _again(error.watch, wish)
            await services.watches.save(again)
            return again
    except TooManyWatchedError:
        raise KdniaoError(faults.TOO_MANY) from None
    except ValueError:
        raise KdniaoError(faults.BAD_CALLBACK) from None


def _again(known: Watch, wish: Watch) -> Watch:
    return replace(
        wish,
        id=known.id,
        number=known.number,
        options=known.options | wish.options,
        callback=wish.callback or known.callback,
        created_us=known.created_us,
    )


async def _announce(
    services: CompatServices, call: Instruction, number: str, carrier: str | None
) -> None:
    """A subscribed waybill is a shipment of the merchant's."""
    wanted = call.wanted
    known = Registration(
        number=number,
        carrier=carrier,
        order_number=wanted.OrderCode or None,
        origin=wanted.Sender.place if wanted.Sender else None,
        destination=wanted.Receiver.place if wanted.Receiver else None,
    )
    now = datetime.fromtimestamp(services.now_us() / 1_000_000, UTC)
    try:
        await services.registrar.register(call.credential.tenant, known, now)
    except RegistrationError as error:
        raise KdniaoError(str(error)) from None


def _accepted(
    services: CompatServices, call: Instruction, watch: Watch, track: Track | None
) -> Json:
    now_us = services.now_us()
    found = {
        "EBusinessID": call.credential.public_id,
        "UpdateTime": clock.china_now(now_us),
        "Success": True,
        "Reason": "",
        "ShipperCode": watch.carrier_code,
        "LogisticCode": call.wanted.number,
        "EstimatedDeliveryTime": shape.estimated(track.arrival) if track is not None else None,
    }
    if call.kind != MAP:
        return found
    found["Location"] = shape.location(visible(track)) if track is not None else ""
    signer = maps.Signer(services.base_url, call.credential, now_us)
    return found | maps.fields(track, call.wanted, signer, watch.carrier_code or "")


def _phones(wanted: Wanted) -> list[str | None]:
    found = [wanted.CustomerName]
    for one in (wanted.Receiver, wanted.Sender):
        if one is not None:
            found += [one.Mobile, one.Tel]
    return found
