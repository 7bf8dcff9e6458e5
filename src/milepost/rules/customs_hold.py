"""Customs asks for papers or money, has stopped the parcel, or keeps it for long."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset({"customs"})
TIMED = True
_ASKS = {"customs.info_required", "customs.payment_required", "customs.exception"}


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    if shipment.sub in _ASKS:
        return Finding("customs_hold", "critical", shipment.last_s, {"sub": shipment.sub})
    since_s = due(shipment, policy)
    if since_s is None or now_s < since_s:
        return None
    return Finding("customs_hold", "warning", since_s, {"sub": shipment.sub})


def due(shipment: Shipment, policy: Policy) -> int | None:
    if shipment.sub in _ASKS or shipment.sub == "customs.released":
        return None
    return shipment.since_s + policy.customs_dwell_s + policy.grace_s
