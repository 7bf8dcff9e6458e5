"""What the demo's merchant declares to customs: goods, their code, and packing. Invented."""

from __future__ import annotations

from typing import Any

from milepost.demo.casting import Shipment
from milepost.demo.chance import Chance
from milepost.demo.tables import table

_ASKED = ("abroad_payment", "abroad_info", "abroad_inspection")


def declared(shipment: Shipment, chance: Chance) -> dict[str, Any]:
    """The fields of a registration; nothing for what passes no border."""
    if shipment.lane.market != "export":
        return {}
    known = table("goods")
    goods = chance.weighted(known["asked" if shipment.scenario in _ASKED else "plain"])
    return {
        "goods": goods,
        "hs_code": known["hs_code"][goods],
        "packing": chance.weighted(known["packing"]),
    }
