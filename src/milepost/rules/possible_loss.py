"""Silent for so long that the parcel may be lost."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment
from milepost.rules.since import seen_s

MAINS = frozenset(
    {"picked_up", "in_transit", "customs", "out_for_delivery", "attempt_failed", "returning"}
)
TIMED = True


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = seen_s(shipment) + policy.lost_after_s + policy.grace_s
    if now_s < since_s:
        return None
    return Finding("possible_loss", "critical", since_s, {"last_s": seen_s(shipment)})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return seen_s(shipment) + policy.lost_after_s + policy.grace_s
