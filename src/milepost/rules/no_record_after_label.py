"""A label was made, and no carrier has scanned the parcel since."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.marks import PROMISE
from milepost.domain.shipment import Shipment
from milepost.domain.status import UNKNOWN

MAINS = frozenset({"unknown", "pending", "info_received"})
TIMED = True


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    since_s = due(shipment, policy)
    if since_s is None or now_s < since_s:
        return None
    detail: dict[str, str | int | float | None] = {"last_s": shipment.last_s}
    return Finding("no_record_after_label", "warning", since_s, detail)


def due(shipment: Shipment, policy: Policy) -> int | None:
    label_s = _label_s(shipment)
    return label_s + policy.no_record_after_s if label_s else None


def _label_s(shipment: Shipment) -> int:
    """When it was first announced: to announce it again is no record either. What nobody could read
    may have been one, so its silence counts from there; 0 where nothing was told.
    """
    if shipment.header.marks < 2:
        return shipment.last_s
    marks = [mark for mark in shipment.marks if mark.code < PROMISE]
    unread = [mark.at_s for mark in marks if mark.code == UNKNOWN.code]
    return unread[-1] if unread else marks[0].at_s if marks else 0
