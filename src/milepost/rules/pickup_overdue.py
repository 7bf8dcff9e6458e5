"""Waiting in a locker or at a station for longer than it may."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.marks import codes_of
from milepost.domain.shipment import Shipment
from milepost.domain.status import SUB_CODE

MAINS = frozenset({"available_for_pickup"})
TIMED = True
_OVERDUE = SUB_CODE["available_for_pickup.overdue"]


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = due(shipment, policy)
    return Finding("pickup_overdue", "warning", since_s, {}) if now_s >= since_s else None


def due(shipment: Shipment, policy: Policy) -> int:
    limit_s = shipment.since_s + policy.pickup_overdue_s + policy.grace_s
    told_s = _told_s(shipment)
    return limit_s if told_s is None else min(told_s, limit_s)


def _told_s(shipment: Shipment) -> int | None:
    """When the carrier first said so, of this wait."""
    if _OVERDUE not in codes_of(shipment.state):
        return None
    waits = (mark for mark in shipment.marks if mark.at_s >= shipment.since_s)
    return next((mark.at_s for mark in waits if mark.code == _OVERDUE), None)
