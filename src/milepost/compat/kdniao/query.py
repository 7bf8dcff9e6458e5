"""Instructions that ask for a road: 1002, 8001, 8002, the map's 8003 and cross-border's 7101."""

from __future__ import annotations

from typing import Any

from milepost.compat.core import CompatServices
from milepost.compat.kdniao import VENDOR, clock, faults, phones, shape
from milepost.compat.kdniao.asking import Instruction
from milepost.compat.kdniao.waybill import checked_number, checked_shipper
from milepost.domain.track import Track
from milepost.engine.resolve import BadScanError
from milepost.identify import identify

Json = dict[str, Any]
MAP, ABROAD, ANY_SHIPPER = "8003", "7101", "8002"


async def answer(services: CompatServices, call: Instruction) -> Json:
    """The road of a waybill. Raises KdniaoError."""
    wanted = call.wanted
    number = checked_number(wanted)
    track = await find(services, call.credential.tenant, number)
    shipper, carrier = shipper_of(services, call, track)
    if not await opens(services, call, carrier, track, [wanted.CustomerName]):
        track = None  # a wrong phone finds nothing, as at the carrier's
    return head(call, shipper, number) | shape.road(
        track,
        clock.moment(services.now_us()),
        abroad=call.kind == ABROAD,
        newest_first=wanted.descending,
    )


async def find(services: CompatServices, tenant: int, number: str) -> Track | None:
    """The road of a number as it was sent. Raises KdniaoError for what is no number."""
    try:
        return await services.queries.track(tenant, number, private=True)
    except BadScanError:
        raise faults.KdniaoError(faults.BAD_LENGTH) from None


def shipper_of(
    services: CompatServices, call: Instruction, track: Track | None
) -> tuple[str, str | None]:
    """(ShipperCode, our slug): as asked, or found out where 8002 leaves it open."""
    asked = call.wanted.shipper
    if asked or call.kind != ANY_SHIPPER:
        carrier = services.crosswalk.slug_of(VENDOR, asked)
        return checked_shipper(call.wanted, carrier), carrier
    carrier = track.carrier if track is not None else None
    carrier = carrier or likely(call.wanted.number)
    return (services.crosswalk.code_of(VENDOR, carrier) or "" if carrier else ""), carrier


def likely(number: str) -> str | None:
    """The carrier of a number, if its form leaves no doubt."""
    found = identify(number)
    return found.candidates[0].carrier if found.candidates and not found.ambiguous else None


async def opens(
    services: CompatServices,
    call: Instruction,
    carrier: str | None,
    track: Track | None,
    given: list[str | None],
) -> bool:
    """Whether the phones given open the parcel; see `phones.may_see`. Raises KdniaoError.

    Both the carrier that is named and the one that has it count: a wrong ShipperCode opens nothing.
    """
    if not phones.guarded(carrier, track.carrier if track is not None else None):
        return True
    number = call.wanted.number
    watches = await services.watches.get(call.credential.tenant, VENDOR, number)
    tails = await services.registrar.tails(call.credential.tenant, number)
    return phones.may_see(given, watches, tails)


def head(call: Instruction, shipper: str, number: str) -> Json:
    """What every answer about a waybill begins with."""
    back = call.wanted.echo
    given = {"OrderCode": call.wanted.OrderCode, "Callback": back, "CallBack": back}
    return {
        "EBusinessID": call.credential.public_id,
        "ShipperCode": shipper,
        "LogisticCode": number,
        "Success": True,
        **{name: value for name, value in given.items() if value is not None},
    }
