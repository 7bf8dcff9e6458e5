"""The promised time of delivery has passed, and the parcel is not there."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset(
    {"info_received", "picked_up", "in_transit", "customs", "out_for_delivery", "attempt_failed",
     "exception"}
)  # fmt: skip
TIMED = False


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    promised_s = shipment.promised_s
    if promised_s is None or now_s <= promised_s:
        return None
    return Finding("promise_broken", "warning", promised_s, {"promised_s": promised_s})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None if shipment.promised_s is None else shipment.promised_s + 1
