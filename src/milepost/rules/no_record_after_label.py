"""A label was made, and no carrier has scanned the parcel since."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset({"unknown", "pending", "info_received"})
TIMED = True


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = due(shipment, policy)
    if since_s is None or now_s < since_s:
        return None
    return Finding("no_record_after_label", "warning", since_s, {"last_s": shipment.last_s})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return shipment.last_s + policy.no_record_after_s if shipment.last_s else None
