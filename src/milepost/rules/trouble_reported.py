"""The carrier itself reports damage, loss, refusal, interception or another exception."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy, Severity
from milepost.domain.shipment import Shipment

MAINS = frozenset({"exception"})
TIMED = False
_GRAVE = {"exception.damaged", "exception.lost", "exception.destroyed", "exception.refused"}


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    severity: Severity = "critical" if shipment.sub in _GRAVE else "warning"
    return Finding("trouble_reported", severity, shipment.since_s, {"sub": shipment.sub})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None
