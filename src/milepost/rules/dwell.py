"""No movement on the way for longer than is usual."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment
from milepost.rules.since import seen_s

MAINS = frozenset({"picked_up", "in_transit", "returning"})
TIMED = True


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = due(shipment, policy)
    if now_s < since_s:
        return None
    return Finding("dwell", "warning", since_s, {"last_s": seen_s(shipment)})


def due(shipment: Shipment, policy: Policy) -> int:
    moving_s = policy.in_transit_dwell_s if shipment.main == "in_transit" else None
    return seen_s(shipment) + (moving_s or policy.dwell_s) + policy.grace_s
