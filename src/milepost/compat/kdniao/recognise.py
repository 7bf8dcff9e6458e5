"""Instruction 2002: whose number may this be?"""

from __future__ import annotations

from typing import Any

from milepost.compat.core import CompatServices
from milepost.compat.kdniao import VENDOR, query
from milepost.compat.kdniao.asking import Instruction
from milepost.compat.kdniao.waybill import checked_number
from milepost.identify import identify

LEAST = 0.02
MOST = 5


async def answer(services: CompatServices, call: Instruction) -> dict[str, Any]:
    """The carriers, most likely first; the one that has scanned it before any guess."""
    number = checked_number(call.wanted)
    track = await query.find(services, call.credential.tenant, number)
    known = [track.carrier] if track is not None and track.carrier else []
    guessed = [one.carrier for one in identify(number).candidates if one.probability >= LEAST]
    shippers = [_shipper(services, slug) for slug in dict.fromkeys(known + guessed)]
    return {
        "EBusinessID": call.credential.public_id,
        "LogisticCode": number,
        "Success": True,
        "Shippers": [one for one in shippers if one is not None][:MOST],
    }


def _shipper(services: CompatServices, slug: str) -> dict[str, str] | None:
    code = services.crosswalk.code_of(VENDOR, slug)
    if code is None:
        return None
    return {"ShipperCode": code, "ShipperName": services.crosswalk.names(slug)[1]}
