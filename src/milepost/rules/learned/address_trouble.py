"""Address or telephone number are wrong: the carrier says so, or the check at order time does."""

from __future__ import annotations

from milepost.domain.alert import Finding, Severity
from milepost.domain.shipment import Shipment
from milepost.rules.learned import Doubt
from milepost.rules.since import run_since_s

# What carriers say when they cannot deliver because of either.
TOLD = frozenset({
    "attempt_failed.bad_address", "attempt_failed.no_contact", "attempt_failed.out_of_area",
    "exception.recipient_moved",
})  # fmt: skip
# From then on it has arrived, or goes elsewhere.
_OVER = {"delivered", "available_for_pickup", "returning", "returned", "expired"}
Detail = dict[str, str | int | float | None]


def check(shipment: Shipment, doubt: Doubt | None) -> Finding | None:
    """The parts of an address that are in doubt are named; what stands there is not."""
    if shipment.main in _OVER:
        return None
    detail: Detail = _named(doubt) if doubt is not None else {}
    if shipment.sub in TOLD:
        detail = {"sub": shipment.sub, **detail}
        since_s = run_since_s(shipment, TOLD.__contains__)
        return Finding("address_trouble", "critical", since_s, detail)
    if doubt is None or not shipment.marks:
        return None
    since_s = shipment.marks[0].at_s
    severity: Severity = "critical" if doubt.grave else "warning"
    return Finding("address_trouble", severity, since_s, {"checked": "at_order", **detail})


def _named(doubt: Doubt) -> Detail:
    return {
        "parts": ", ".join(doubt.parts),
        "reasons": ", ".join(doubt.reasons),
        "score_pm": doubt.score_pm,
    }
