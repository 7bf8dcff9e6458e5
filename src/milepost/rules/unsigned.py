"""Out for delivery, and neither signed nor reported since."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset({"out_for_delivery"})
TIMED = True


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = shipment.last_s + policy.unsigned_after_s + policy.grace_s
    if now_s < since_s:
        return None
    return Finding("unsigned", "warning", since_s, {"last_s": shipment.last_s})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return shipment.last_s + policy.unsigned_after_s + policy.grace_s
