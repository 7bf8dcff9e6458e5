"""A carrier sent something that nobody could read: its table or the reader lacks it."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment
from milepost.domain.status import MAINS as ALL_MAINS
from milepost.domain.status import UNKNOWN

MAINS = frozenset(ALL_MAINS) - {"delivered", "returned"}
TIMED = False


def check(shipment: Shipment, now_s: int, policy: Policy) -> Finding | None:
    if not shipment.has_unknown:
        return None
    unread = [mark for mark in shipment.marks if mark.code == UNKNOWN.code]
    return Finding("unmapped_code", "info", unread[0].at_s, {"events": len(unread)})


def due(shipment: Shipment, policy: Policy) -> int | None:
    return None
