"""Out for delivery, and neither signed nor reported since."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment
from milepost.rules.since import seen_s

MAINS = frozenset({"out_for_delivery"})
TIMED = True


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = seen_s(shipment) + policy.unsigned_after_s + policy.grace_s
    if now_s < since_s:
        return None
    return Finding("unsigned", "warning", since_s, {"last_s": seen_s(shipment)})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return seen_s(shipment) + policy.unsigned_after_s + policy.grace_s
