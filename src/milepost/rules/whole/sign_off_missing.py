"""Signed off without the proof that goods of its kind need: identity, photograph, signature.

Evidence is named `kind:reference`, as `photograph:7f3a…` or `identity:verified`. Couriers' devices
send pictures later than the scan, so there is an hour for it.
"""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.care import is_passed
from milepost.domain.event import Event
from milepost.domain.settle import MAIN
from milepost.domain.whole import Whole

GRACE_S = 3600
_SIGNED = "delivered.signature"


def check(whole: Whole, now_s: int, policy: Policy) -> Finding | None:
    due_s = due(whole, policy)
    if due_s is None or now_s < due_s:
        return None
    detail: dict[str, str | int | float | None] = {"missing": ", ".join(missing(whole, policy))}
    return Finding("sign_off_missing", "critical", due_s, detail)


def missing(whole: Whole, policy: Policy) -> list[str]:
    """The kinds of proof that no delivery scan brought."""
    told = [one.partition(":") for event in delivered(whole) for one in event.body.evidence or ()]
    kinds = {kind.strip().lower() for kind, _, reference in told if is_passed(reference)}
    if whole.facts.signed_by or any(one.sub == _SIGNED for one in delivered(whole)):
        kinds.add("signature")
    return [kind for kind in policy.sign_off if kind not in kinds]


def delivered(whole: Whole) -> list[Event]:
    return [event for event in whole.events if MAIN[event.code] == "delivered"]


def due(whole: Whole, policy: Policy) -> int | None:
    if whole.shipment.main != "delivered" or not missing(whole, policy):
        return None
    return whole.shipment.since_s + GRACE_S
