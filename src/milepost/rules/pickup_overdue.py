"""Waiting in a locker or at a station for longer than it may."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset({"available_for_pickup"})
TIMED = True
_OVERDUE = "available_for_pickup.overdue"


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    if shipment.sub == _OVERDUE:
        return Finding("pickup_overdue", "warning", shipment.last_s, {})
    since_s = shipment.since_s + policy.pickup_overdue_s + policy.grace_s
    return Finding("pickup_overdue", "warning", since_s, {}) if now_s >= since_s else None


def due(shipment: Shipment, policy: Policy) -> int | None:
    if shipment.sub == _OVERDUE:
        return None
    return shipment.since_s + policy.pickup_overdue_s + policy.grace_s
