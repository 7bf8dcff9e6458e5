"""What is in what, from a set of changes: any order and any repetition give the same stretches.

A child is in one parent of a kind at a time: a parcel read by a truck's gate stays in its bag.
Unloads that nobody scanned are inferred: the child was seen elsewhere, or its parent was emptied.
What is seen at a place while it is in a bag is in no vehicle then, whatever its bag's scans say:
that it was there is kept as a stretch without length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from milepost.domain.telemetry import EVERYTHING, SURE_PM, Action, Change, Contained, kind_of

SEEN_ELSEWHERE_PM = 600
EMPTIED_PM = 800
MISSED_LOAD_PM = 500
ACTIONS: tuple[Action, ...] = ("remove", "observe", "add")  # of one instant: first out, then in
VEHICLE = "vehicle"
_VEHICLES = frozenset({"truck", "van", "vehicle", "trailer", "train", "plane", "ship"})


def intervals(changes: Iterable[Change], emptied: Iterable[Change] = ()) -> list[Contained]:
    """The stretches of one child, by begin. `emptied`: the changes that emptied its parents."""
    walk = _Walk()
    for change in sorted({*changes, *emptied}, key=_order):
        walk.take(change)
    return walk.all()


def level_of(name: str) -> str:
    """What a child can be in one of only: one bag, one cage, one vehicle."""
    kind = kind_of(name)
    return VEHICLE if kind in _VEHICLES else kind


def is_place(parent: str) -> bool:
    """Whether being seen there means being in no vehicle."""
    return not parent or parent.startswith("place:")


def _order(change: Change) -> tuple[int, int, str, str, str, int]:
    rank = ACTIONS.index(change.action)
    return (change.at_us, rank, change.child, change.parent, change.source, change.confidence_pm)


def left_behind(
    stretches: Sequence[Contained], seen: Sequence[int], over_us: int | None = None
) -> list[Contained]:
    """The same stretches, where scans have seen the child at facilities (`seen`, oldest first):
    what nobody says was unloaded had left its vehicle by the first of them after the last sign of
    it there. `over_us`: handed over, so in nothing any more. What is stated stands.
    """
    return [_left_by(one, seen, over_us) for one in stretches]


def _left_by(one: Contained, seen: Sequence[int], over_us: int | None) -> Contained:
    told = seen if level_of(one.parent) == VEHICLE else ()
    ends = [*told[bisect_right(told, one.seen_us) :][:1]]
    ends += [over_us] if over_us is not None and over_us > one.seen_us else []
    left_us = min(ends, default=None)
    if one.ended == "stated" or left_us is None:
        return one
    if one.until_us is not None and one.until_us <= left_us:
        return one
    sure = min(one.confidence_pm, SEEN_ELSEWHERE_PM)
    return one._replace(until_us=left_us, ended="inferred", confidence_pm=sure)


class _Walk:
    """One child's road through its parents, oldest change first."""

    def __init__(self) -> None:
        self._open: dict[str, Contained] = {}
        self._closed: list[Contained] = []
        self._sightings: dict[int, Change] = {}

    def take(self, change: Change) -> None:
        if change.action == "remove":
            self._remove(change)
        elif not change.parent:
            self._close_all(change.at_us, "inferred", SEEN_ELSEWHERE_PM)
        elif is_place(change.parent):
            # At a gate it is in no truck; what bag it is in, a gate does not see.
            if VEHICLE in self._open:
                self._close(VEHICLE, change.at_us, "inferred", SEEN_ELSEWHERE_PM)
            if self._open:
                self._sightings[change.at_us] = change
        else:
            self._see(change)

    def all(self) -> list[Contained]:
        found = [*self._closed, *self._open.values(), *map(_there, self._sightings.values())]
        return sorted(found, key=_begin)

    def _see(self, change: Change) -> None:
        level = level_of(change.parent)
        known = self._open.get(level)
        if known is not None and known.parent == change.parent:
            surer = max(known.confidence_pm, change.confidence_pm)
            self._open[level] = known._replace(seen_us=change.at_us, confidence_pm=surer)
            return
        if known is not None:
            self._close(level, change.at_us, "inferred", SEEN_ELSEWHERE_PM)
        began = "stated" if change.action == "add" else "observed"
        self._open[level] = Contained(
            change.child, change.parent, change.at_us, None, change.at_us, began, None,
            change.confidence_pm,
        )  # fmt: skip

    def _remove(self, change: Change) -> None:
        if not change.parent:
            self._close_all(change.at_us, "stated", SURE_PM)
            return
        level = level_of(change.parent)
        known = self._open.get(level)
        if known is not None and known.parent == change.parent:
            ended, limit = ("inferred", EMPTIED_PM) if _empties(change) else ("stated", SURE_PM)
            self._close(level, change.at_us, ended, min(limit, change.confidence_pm))
        elif not _empties(change):
            self._never_loaded(level, change)

    def _never_loaded(self, level: str, change: Change) -> None:
        """Taken out of what it was not known to be in: since when it was there nobody said."""
        if level in self._open:
            self._close(level, change.at_us, "inferred", SEEN_ELSEWHERE_PM)
        at_us, sure = change.at_us, min(MISSED_LOAD_PM, change.confidence_pm)
        self._closed.append(
            Contained(change.child, change.parent, at_us, at_us, at_us, "inferred", "stated", sure)
        )

    def _close_all(self, at_us: int, ended: str, limit_pm: int) -> None:
        for level in list(self._open):
            self._close(level, at_us, ended, limit_pm)

    def _close(self, level: str, at_us: int, ended: str, limit_pm: int) -> None:
        known = self._open.pop(level)
        sure = min(known.confidence_pm, limit_pm)
        seen_us = at_us if ended == "stated" else known.seen_us
        self._closed.append(
            known._replace(until_us=at_us, seen_us=seen_us, ended=ended, confidence_pm=sure)
        )


def _there(change: Change) -> Contained:
    at_us = change.at_us
    return Contained(
        change.child, change.parent, at_us, at_us, at_us, "observed", "stated", change.confidence_pm
    )


def _begin(one: Contained) -> tuple[int, int, str]:
    return (one.from_us, 1 << 62 if one.until_us is None else one.until_us, one.parent)


def _empties(change: Change) -> bool:
    return change.child == EVERYTHING
