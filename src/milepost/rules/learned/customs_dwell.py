"""Kept by customs for longer than is usual there.

A limit that somebody has set, for all or for goods of a kind, holds as it is. The default one
gives way to what the past says, where enough of it is known.
"""

from __future__ import annotations

from collections.abc import Iterable

from milepost.domain.alert import DEFAULT_POLICY, Finding, Policy
from milepost.domain.marks import Mark
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.status import SUB_CODE
from milepost.rules.learned import Usual

# Below so many stays nothing is called usual.
FEWEST = 20
# Clearance of minutes is no reason to worry after an hour.
SHORTEST_S = 6 * 3600
_RELEASED = SUB_CODE["customs.released"]
# Whatever of these comes after customs says that it has left.
_LEAVES = {"in_transit", "out_for_delivery", "available_for_pickup", "delivered", "returning",
           "returned", "attempt_failed"}  # fmt: skip
Detail = dict[str, str | int | float | None]


def check(
    shipment: Shipment,
    now_s: int,
    policy: Policy,
    usual: Usual | None,
    before: Finding | None = None,
) -> Finding | None:
    """`before`: what stood until now. It stays for this stay even if the usual moves away from it,
    so that what others do does not open and clear it in turn.
    """
    entered_s = entered(shipment)
    due_s = due(shipment, policy, usual, before)
    if entered_s is None or due_s is None or now_s < due_s:
        return None
    detail: Detail = {
        "sub": shipment.sub, "entered_s": entered_s, "held_h": (now_s - entered_s) // 3600,
        "limit_s": due_s - entered_s - policy.grace_s, **_told(usual),
    }  # fmt: skip
    return Finding("customs_dwell", "warning", due_s, detail)


def due(
    shipment: Shipment, policy: Policy, usual: Usual | None, before: Finding | None = None
) -> int | None:
    """The second from which it holds; None where it cannot."""
    entered_s = entered(shipment)
    if entered_s is None:
        return None
    limit_s = limit(policy, usual)
    if before is not None and before.detail.get("entered_s") == entered_s and _open(policy):
        limit_s = min(limit_s, int(before.detail["limit_s"] or limit_s))
    return entered_s + limit_s + policy.grace_s


def entered(shipment: Shipment) -> int | None:
    """Since when it is at customs without having been released; None if it is not."""
    spans = stays(shipment.marks) if shipment.main == "customs" else []
    return spans[-1][0] if spans and spans[-1][1] is None else None


def left(shipment: Shipment, before: Finding) -> int | None:
    """The second in which the stay that a finding was about ended: when the finding began, where
    by all that is known it never held; None while it goes on.
    """
    entered_s = before.detail.get("entered_s")
    spans = [span for span in stays(shipment.marks) if span[0] == entered_s]
    until_s = spans[0][1] if spans else before.since_s
    return None if until_s is None else max(until_s, before.since_s)


def stays(marks: Iterable[Mark]) -> list[tuple[int, int | None]]:
    """(entered, left) of every stay that standing marks, oldest first, tell; None: not yet."""
    found: list[tuple[int, int | None]] = []
    for mark in marks:
        main, inside = MAIN[mark.code], bool(found) and found[-1][1] is None
        if inside and (main in _LEAVES or mark.code == _RELEASED):
            found[-1] = (found[-1][0], mark.at_s)
        elif main == "customs" and not inside and mark.code != _RELEASED:
            found.append((mark.at_s, None))
    return found


def limit(policy: Policy, usual: Usual | None) -> int:
    """Seconds that a stay may last."""
    if usual is None or usual.samples < FEWEST or not _open(policy):
        return policy.customs_dwell_s
    return max(usual.p90_s, SHORTEST_S)


def _open(policy: Policy) -> bool:
    """Whether nobody has set a limit."""
    return policy.customs_dwell_s == DEFAULT_POLICY.customs_dwell_s


def _told(usual: Usual | None) -> Detail:
    """Whole hours: more would be false precision. Nothing where too little is known."""
    if usual is None or usual.samples < FEWEST:
        return {}
    p50_h, p90_h = (max(1, round(one / 3600)) for one in (usual.p50_s, usual.p90_s))
    return {"usual_h": p50_h, "nine_of_ten_h": p90_h, "samples": usual.samples, "of": usual.of}
