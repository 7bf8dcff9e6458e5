"""How long to wait before a number is asked for again. Pure.

Soon after a change or near the arrival window; ever more rarely while it is quiet; a few times
after the end, as deliveries are taken back; then never again.
"""

from __future__ import annotations

from msgspec import Struct

from milepost.engine.polling import Standing

MINUTE_S = 60
HOUR_S = 3_600
DAY_S = 86_400


class Pace(Struct, frozen=True, kw_only=True):
    """`quiet_share`: the wait as a share of the time since the last change."""

    shortest_s: int = 10 * MINUTE_S
    longest_s: int = 12 * HOUR_S
    quiet_share: float = 1 / 8
    before_window_s: int = 3 * HOUR_S
    after_window_s: int = 12 * HOUR_S
    near_s: int = 15 * MINUTE_S
    grace_s: int = 2 * DAY_S
    give_up_s: int = 60 * DAY_S


USUAL = Pace()
# On these something may happen any minute.
_HOT = frozenset({"out_for_delivery", "available_for_pickup", "attempt_failed"})


def interval_s(one: Standing, now_s: int, pace: Pace = USUAL) -> int | None:
    """Seconds until the next question; None if there is none to ask any more."""
    if one.closed_s is not None:
        return _after_the_end(now_s - one.closed_s, pace)
    quiet_s = max(0, now_s - (one.changed_s or one.since_s))
    if quiet_s >= pace.give_up_s:
        return None
    wait_s = quiet_s * pace.quiet_share
    until_s = _until_window(one, now_s, pace)
    if until_s is not None:
        wait_s = min(wait_s, max(pace.near_s, until_s))
    if one.main in _HOT and quiet_s < DAY_S:
        wait_s = min(wait_s, pace.near_s)
    return int(min(max(wait_s, pace.shortest_s), max(pace.longest_s, pace.shortest_s)))


def why_ended(one: Standing) -> str:
    """Why there is no question any more: `closed` or `quiet`."""
    return "quiet" if one.closed_s is None else "closed"


def _until_window(one: Standing, now_s: int, pace: Pace) -> int | None:
    """Seconds until the arrival window opens, 0 inside, None without one or once it is over."""
    if one.latest_s is None:
        return None
    opens_s = (one.earliest_s or one.latest_s) - pace.before_window_s
    if now_s > one.latest_s + pace.after_window_s:
        return None
    return max(0, opens_s - now_s)


def _after_the_end(closed_for_s: int, pace: Pace) -> int | None:
    if closed_for_s >= pace.grace_s:
        return None
    return max(pace.shortest_s, pace.grace_s // 4)
