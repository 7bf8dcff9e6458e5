"""The carrier itself reports damage, loss, refusal, interception or another exception.

What is grave stays so however it goes on, until the trouble is over.
"""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.status import BY_CODE

MAINS = frozenset({"exception"})
TIMED = False
_GRAVE = {"exception.damaged", "exception.lost", "exception.destroyed", "exception.refused"}


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    grave_s = _grave_since_s(shipment)
    if grave_s is None:
        return Finding("trouble_reported", "warning", shipment.since_s, {"sub": shipment.sub})
    return Finding("trouble_reported", "critical", grave_s, {"sub": shipment.sub})


def _grave_since_s(shipment: Shipment) -> int | None:
    """The first grave report since the trouble began."""
    told = (
        mark.at_s
        for mark in shipment.marks
        if mark.at_s >= shipment.since_s
        and MAIN[mark.code] == "exception"
        and BY_CODE[mark.code].sub in _GRAVE
    )
    return next(told, None)


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None
