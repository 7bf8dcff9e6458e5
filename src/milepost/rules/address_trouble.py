"""The carrier cannot deliver because of the address or the telephone number."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment

MAINS = frozenset({"attempt_failed", "exception"})
TIMED = False
_TROUBLE = {
    "attempt_failed.bad_address",
    "attempt_failed.no_contact",
    "attempt_failed.out_of_area",
    "exception.recipient_moved",
}


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    if shipment.sub not in _TROUBLE:
        return None
    return Finding("address_trouble", "critical", shipment.last_s, {"sub": shipment.sub})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None
