"""The source has given up on it: it will tell nothing more by itself."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset({"expired"})
TIMED = False


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    return Finding("expired", "warning", shipment.since_s, {"sub": shipment.sub})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None
