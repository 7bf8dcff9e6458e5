"""Delivery failed more than once."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment

MAINS = frozenset({"attempt_failed", "exception", "in_transit", "out_for_delivery"})
TIMED = False


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    if shipment.attempts < policy.failed_attempts:
        return None
    detail: dict[str, str | int | float | None] = {"attempts": shipment.attempts}
    return Finding("failed_attempts", "warning", _reached_s(shipment, policy), detail)


def _reached_s(shipment: Shipment, policy: Policy) -> int:
    """When it was tried once too often."""
    tried = [mark.at_s for mark in shipment.marks if MAIN[mark.code] == "attempt_failed"]
    return tried[min(policy.failed_attempts, len(tried)) - 1]


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None
