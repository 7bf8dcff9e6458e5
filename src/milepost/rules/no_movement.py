"""No scan at all for so long that somebody should ask the carrier."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset({"picked_up", "in_transit", "customs", "returning"})
TIMED = True


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = due(shipment, policy)
    if now_s < since_s:
        return None
    return Finding("no_movement", "warning", since_s, {"last_s": shipment.last_s})


def due(shipment: Shipment, policy: Policy) -> int:
    return shipment.last_s + policy.no_movement_s + policy.grace_s
