"""What moved a window, and when: scans, silence, and what is known to hold it up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from milepost.eta.estimate import estimate
from milepost.eta.facts import Facts, Revised, Seen, Window
from milepost.eta.many import AskedAt, estimate_each
from milepost.eta.stages import CREATED, ENDED, STAGES, anchors, believable
from milepost.eta.table import Table

SILENCE, NOTICE = "silence", "notice"
# What moves no end of a window by as much is no revision, unless it opens a stage.
LEAST_US = 3_600_000_000
# The newest so many scans are gone through.
MOST_SCANS = 60


class Told(Struct, frozen=True, gc=False):
    """A window as it was said at `at_us`. `because`: the main status of a scan, `created`,
    `silence` since the scan at `since_us`, or a `notice`.
    """

    because: str
    at_us: int
    since_us: int
    window: Window


class _Moment(Struct, frozen=True, gc=False):
    """When something may have moved it; `seen`: so many scans were known."""

    because: str
    at_us: int
    seen: int
    opens: bool = False


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


def history(
    facts: Facts, events: Sequence[Seen], now_us: int, table: Table, delay_us: int = 0
) -> list[Told]:
    """Every window of a road, oldest first, by what the table knows today: the first, and each that
    a scan, the silence before the next one or before now, or the `delay_us` of notices has moved.
    Of a road that has ended those from before its end.
    """
    known = believable(facts, events, now_us)
    moments = list(_moments(facts, known, now_us))
    asked: list[AskedAt] = [(facts, known[: one.seen], one.at_us, 0) for one in moments]
    if delay_us and not _over(known):
        moments.append(_Moment(NOTICE, now_us, len(known), opens=True))
        asked.append((facts, known, now_us, delay_us))
    found: list[Told] = []
    for one, window in zip(moments, estimate_each(asked, table), strict=True):
        if not found or one.opens or _moved(found[-1].window, window):
            since_us = known[one.seen - 1].occurred_us if one.seen else facts.created_us
            found.append(Told(one.because, one.at_us, since_us, window))
    return found


def _moments(facts: Facts, known: Sequence[Seen], now_us: int) -> Iterator[_Moment]:
    """Before each scan and at it, until the road is over; then now."""
    created_us, stage, seen = facts.created_us, CREATED, 0
    if not any(one.main in STAGES for one in known if one.occurred_us <= created_us):
        yield _Moment(CREATED, created_us, 0)
    for at_us, scans in groupby(known, key=lambda one: one.occurred_us):
        mains = [one.main for one in scans]
        before, seen = seen, seen + len(mains)
        opened = next((main for main in reversed(mains) if main in STAGES), stage)
        opens, stage = opened != stage, opened
        if seen <= len(known) - MOST_SCANS or at_us < created_us:
            continue
        if at_us > created_us and not _over(known[:before]):
            yield _Moment(SILENCE, at_us, before)
        if mains[-1] not in ENDED:
            yield _Moment(opened if opens else mains[-1], at_us, seen, opens)
    if not _over(known):
        yield _Moment(SILENCE, now_us, seen)


def _over(known: Sequence[Seen]) -> bool:
    return bool(known) and known[-1].main in ENDED


def _moved(before: Window, after: Window) -> bool:
    pairs = (
        (before.p10_us, after.p10_us), (before.p50_us, after.p50_us),
        (before.p90_us, after.p90_us),
    )  # fmt: skip
    return any(abs(one - other) >= LEAST_US for one, other in pairs)
