"""What moved a window last: the scan that opened the present stage, or the silence since then."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.eta.estimate import estimate
from milepost.eta.facts import Facts, Revised, Seen, Window
from milepost.eta.stages import CREATED, ENDED, anchors, believable
from milepost.eta.table import Table

SILENCE = "silence"


def revised(
    facts: Facts, events: Sequence[Seen], now_us: int, table: Table, now: Window, delay_us: int = 0
) -> Revised | None:
    """`now` against what would have been said just before that scan, or as it came; None before
    the first scan, and of a road that has ended. By what the table knows today in all cases.
    """
    known = believable(facts, events, now_us)
    stage, at_us = anchors(facts, known)[-1]
    if stage == CREATED or known[-1].main in ENDED:
        return None
    until = [one for one in known if one.occurred_us <= at_us]
    earlier = [one for one in until if one.occurred_us < at_us]
    before = estimate(facts, earlier, at_us, table, delay_us)
    then = estimate(facts, until, at_us, table, delay_us)
    by_scan, by_silence = abs(then.p50_us - before.p50_us), abs(now.p50_us - then.p50_us)
    if by_silence > by_scan:
        return Revised(SILENCE, known[-1].occurred_us, then.p50_us)
    return Revised(stage, at_us, before.p50_us)
