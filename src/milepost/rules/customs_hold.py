"""Customs asks for papers or money, or has stopped the parcel.

That it merely takes long is `customs_dwell`.
"""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment
from milepost.rules.since import run_since_s

MAINS = frozenset({"customs"})
TIMED = False
_ASKS = {"customs.info_required", "customs.payment_required", "customs.exception"}


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    if shipment.sub not in _ASKS:
        return None
    since_s = run_since_s(shipment, _ASKS.__contains__)
    return Finding("customs_hold", "critical", since_s, {"sub": shipment.sub})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None
