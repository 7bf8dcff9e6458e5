"""No scan at all for so long that somebody should ask the carrier."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment
from milepost.rules.since import seen_s

MAINS = frozenset({"picked_up", "in_transit", "customs", "returning"})
TIMED = True


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = due(shipment, policy)
    if now_s < since_s:
        return None
    return Finding("no_movement", "warning", since_s, {"last_s": seen_s(shipment)})


def due(shipment: Shipment, policy: Policy) -> int:
    return seen_s(shipment) + policy.no_movement_s + policy.grace_s
