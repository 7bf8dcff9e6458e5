"""Where on its road a shipment stands: the stage that its last believable scan opened."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.eta.facts import DAY_US, Facts, Road, Seen
from milepost.eta.ports import Situation

CREATED = "created"
STAGES = (
    "picked_up", "in_transit", "customs", "out_for_delivery", "available_for_pickup",
    "attempt_failed", "exception", "returning",
)  # fmt: skip
AT_THE_DOOR = frozenset({"out_for_delivery", "available_for_pickup", "attempt_failed"})
ENDED = frozenset({"delivered", "returned"})
_LONGEST_US = 3 * 365 * DAY_US
LONGEST_TRAIL = 24


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
    trail = tuple([
        (event.main, (event.occurred_us - facts.created_us) / DAY_US)
        for event in events[-LONGEST_TRAIL:]
    ])  # fmt: skip
    return Situation(stage, (begun - facts.created_us) / DAY_US, silent, trail), begun


def standings(road: Road) -> list[tuple[int, Situation]]:
    """Where a delivered road stood at each scan on its way, and when (us)."""
    events = _on_the_way(road)
    return [_standing(road.facts, events, count) for count in range(len(events))]


def one_standing(road: Road) -> tuple[int, Situation] | None:
    """One of them, another for each road, always the same for the same road."""
    events = _on_the_way(road)
    if not events:
        return None
    return _standing(road.facts, events, road.facts.created_us // 1_000_000 % len(events))


def _on_the_way(road: Road) -> list[Seen]:
    if road.delivered_us is None:
        return []
    events = believable(road.facts, road.events, road.delivered_us - 1)
    begun_us = road.facts.created_us
    return [one for one in events if one.main not in ENDED and one.occurred_us >= begun_us]


def _standing(facts: Facts, events: Sequence[Seen], count: int) -> tuple[int, Situation]:
    at_us = events[count].occurred_us
    return at_us, situation(facts, events[: count + 1], at_us)[0]
