"""What the whole road says: the one rule by which events in order become a status.

A status never depends on which event came in last, only on the set of events.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from milepost.domain.marks import HAS_UNKNOWN, REOPENED, Mark
from milepost.domain.status import BY_CODE, SUB_CODE

# A carrier's clock may be off by minutes; only what comes clearly later reopens a delivery.
REOPEN_AFTER_S = 3600


class Standing(NamedTuple):
    """The status so far: its code, since when its main holds, the deciding event and its leg."""

    code: int = 0
    since_s: int = 0
    because: int = 0
    leg: int = 0
    flags: int = 0
    attempts: int = 0


MAIN = [BY_CODE[code].main if code in BY_CODE else "" for code in range(256)]
_EARLY = {"unknown", "pending", "info_received"}
_EARLY_RANK = {"unknown": 0, "pending": 1, "info_received": 2}
_UNDER_WAY = {"in_transit", "customs", "out_for_delivery", "available_for_pickup"}
_REOPENING = {"attempt_failed", "out_for_delivery", "available_for_pickup"}
_GRAVE = {SUB_CODE["exception." + name] for name in ("lost", "damaged", "destroyed")}
_BARE_DELIVERED = SUB_CODE["delivered"]
_RETURNED = SUB_CODE["returned"]
_RESOLVED = SUB_CODE["in_transit.problem_resolved"]
_UNREAD = SUB_CODE["unknown"]


def settle(marks: Iterable[Mark]) -> Standing:
    """The status that standing status marks, in canonical order, add up to."""
    now = Standing()
    legs: set[int] = set()
    for mark in marks:
        way = PLAIN[now.code][mark.code] if now.because else ASK  # the table supposes a status
        if way == MOVE:
            now = Standing(mark.code, mark.at_s, mark.fingerprint, mark.leg, *now[4:])
        elif way == STAY:
            now = Standing(mark.code, now.since_s, mark.fingerprint, mark.leg, *now[4:])
        elif way == ASK:
            now = step(now, mark, mark.leg in legs)
        legs.add(mark.leg)
    return now


def step(now: Standing, mark: Mark, known_leg: bool) -> Standing:
    """The status after one more event. `known_leg`: its leg has been seen before it."""
    code = mark.code
    if code == _UNREAD:
        return now._replace(flags=now.flags | HAS_UNKNOWN)
    main = MAIN[code]
    if main == "attempt_failed":
        now = now._replace(attempts=min(now.attempts + 1, 65535))
    rule = _RULES.get(MAIN[now.code])
    if rule is not None:
        return rule(now, mark, main, known_leg)
    if main in _EARLY:
        return now
    if main == "picked_up" and MAIN[now.code] in _UNDER_WAY:
        return now
    return _take(now, mark, code)


def _take(now: Standing, mark: Mark, code: int) -> Standing:
    same = MAIN[code] == MAIN[now.code] and now.because != 0
    since_s = now.since_s if same else mark.at_s
    return Standing(code, since_s, mark.fingerprint, mark.leg, now.flags, now.attempts)


# What `step` does wherever it depends on the two codes alone, as a table: nearly every scan.
KEEP, STAY, MOVE, ASK = range(4)


def _plain(now_code: int, code: int) -> int:
    if MAIN[now_code] in _LATE or code == _UNREAD or MAIN[code] == "attempt_failed":
        return ASK
    before = Standing(now_code, 1, 1, 1)
    after = step(before, Mark(2, 2, 1, code, 0), known_leg=True)
    if after == before:
        return KEEP
    return STAY if after.since_s == before.since_s else MOVE


def _before_the_road(now: Standing, mark: Mark, main: str, _known_leg: bool) -> Standing:
    early = _EARLY_RANK.get(main)
    if early is not None and now.because and early < _EARLY_RANK[MAIN[now.code]]:
        return now
    return _take(now, mark, mark.code)


def _after_delivery(now: Standing, mark: Mark, main: str, known_leg: bool) -> Standing:
    if mark.leg != now.leg:
        # The next carrier takes over what the one before handed in; a carrier that was
        # already on the road only repeats what it knows.
        opens = not known_leg and main not in _EARLY and main != "exception"
        return _take(now, mark, mark.code) if opens or main == "delivered" else now
    if main == "delivered":
        return now if mark.code == _BARE_DELIVERED else _take(now, mark, mark.code)
    if main in {"returning", "returned"}:
        return _take(now, mark, mark.code)
    if main in _REOPENING and mark.at_s >= now.since_s + REOPEN_AFTER_S:
        return _take(now, mark, mark.code)._replace(flags=now.flags | REOPENED)
    return now


def _on_the_way_back(now: Standing, mark: Mark, main: str, _known_leg: bool) -> Standing:
    if main == "delivered":  # what is on its way back is delivered to the sender
        return _take(now, mark, _RETURNED)
    if main in {"returning", "returned"} or mark.code in _GRAVE or mark.code == _RESOLVED:
        return _take(now, mark, mark.code)
    return now


def _after_return(now: Standing, mark: Mark, main: str, _known_leg: bool) -> Standing:
    return _take(now, mark, mark.code) if main == "returned" else now


_RULES = {
    "unknown": _before_the_road,
    "pending": _before_the_road,
    "info_received": _before_the_road,
    "delivered": _after_delivery,
    "returning": _on_the_way_back,
    "returned": _after_return,
}
_LATE = {"delivered", "returning", "returned"}

# PLAIN[code so far][code of the mark]: KEEP all, STAY in the main status, MOVE on, or ASK `step`.
PLAIN = [
    bytes(_plain(now, code) if MAIN[now] and MAIN[code] else ASK for code in range(256))
    for now in range(256)
]
