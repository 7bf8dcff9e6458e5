"""Where on its road a shipment stands: the stage that its last believable scan opened."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.eta.facts import DAY_US, Facts, Seen
from milepost.eta.ports import Situation

CREATED = "created"
STAGES = (
    "picked_up", "in_transit", "customs", "out_for_delivery", "available_for_pickup",
    "attempt_failed", "exception", "returning",
)  # fmt: skip
ENDED = frozenset({"delivered", "returned"})
_LONGEST_US = 3 * 365 * DAY_US


def believable(facts: Facts, events: Sequence[Seen], now_us: int) -> list[Seen]:
    """Events in order, without those of the future or long before the shipment was made."""
    earliest = facts.created_us - 30 * DAY_US
    kept = [event for event in events if earliest <= event.occurred_us <= now_us]
    kept.sort(key=lambda event: event.occurred_us)
    return kept


def anchors(facts: Facts, events: Sequence[Seen]) -> list[tuple[str, int]]:
    """Each stage with the instant at which it began, oldest first; scans of a stage are one."""
    found = [(CREATED, facts.created_us)]
    for event in events:
        if event.main in STAGES and event.main != found[-1][0]:
            found.append((event.main, event.occurred_us))
    return found


def situation(facts: Facts, events: Sequence[Seen], now_us: int) -> tuple[Situation, int]:
    """The stage now, and the instant (us) at which it began. `events` are believable ones."""
    stage, begun = CREATED, facts.created_us
    for event in events:
        if event.main in STAGES and event.main != stage:
            stage, begun = event.main, event.occurred_us
    begun = max(min(begun, now_us), now_us - _LONGEST_US)
    silent = (now_us - begun) / DAY_US
    return Situation(stage, (begun - facts.created_us) / DAY_US, silent), begun
