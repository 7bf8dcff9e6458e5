"""Delivery failed more than once."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset({"attempt_failed", "exception", "in_transit", "out_for_delivery"})
TIMED = False


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    if shipment.attempts < policy.failed_attempts:
        return None
    detail: dict[str, str | int | float | None] = {"attempts": shipment.attempts}
    return Finding("failed_attempts", "warning", shipment.since_s, detail)


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None
