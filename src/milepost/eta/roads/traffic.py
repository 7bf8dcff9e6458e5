"""Who is where now: stays and moves that go on, and those that ended lately."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from milepost.eta.roads.model import DAY_S, DOOR, Passage

REMEMBER_S = 5 * DAY_S
# An open stay beyond this is a lost parcel, not a slow facility.
_LOST_S = 21 * DAY_S
_MOST_AT_ONE = 5_000
What = tuple[str, ...]
Span = tuple[int, int | None]


class Traffic:
    """Stays at facilities (`held`, `dwell`) and moves along edges (`transit`), by road."""

    def __init__(self) -> None:
        self.spans: dict[What, dict[tuple[int, int], Span]] = {}
        self._of: dict[int, list[tuple[What, tuple[int, int]]]] = {}

    def put(self, road: int, passage: Passage, now_s: int, following: str | None) -> None:
        """Where a road is, instead of what was known. `following`: where it probably goes."""
        self.take(road)
        kept = []
        for at, (what, span) in enumerate(_spans(passage, following)):
            ended_s = span[1]
            if ended_s is not None and ended_s < now_s - REMEMBER_S:
                continue
            if ended_s is None and span[0] < now_s - _LOST_S:
                continue
            spans = self.spans.setdefault(what, {})
            if len(spans) < _MOST_AT_ONE:
                spans[road, at] = span
                kept.append((what, (road, at)))
        if kept:
            self._of[road] = kept

    def take(self, road: int) -> None:
        """Forget a road."""
        for what, place in self._of.pop(road, ()):
            spans = self.spans[what]
            del spans[place]
            if not spans:
                del self.spans[what]

    def forget_before(self, now_s: int) -> None:
        """Leave out what has ended long ago, and what will not end any more."""
        old = {
            road
            for spans in self.spans.values()
            for (road, _), (from_s, until_s) in spans.items()
            if (until_s or from_s + _LOST_S - REMEMBER_S) < now_s - REMEMBER_S
        }
        for road in old:
            kept = [(what, at) for what, at in self._of.pop(road) if not self._old(what, at, now_s)]
            if kept:
                self._of[road] = kept

    def _old(self, what: What, place: tuple[int, int], now_s: int) -> bool:
        from_s, until_s = self.spans[what][place]
        if (until_s or from_s + _LOST_S - REMEMBER_S) >= now_s - REMEMBER_S:
            return False
        del self.spans[what][place]
        if not self.spans[what]:
            del self.spans[what]
        return True


def _spans(passage: Passage, following: str | None) -> Iterator[tuple[What, Span]]:
    for stay, after in pairwise([*passage.stays, None]):
        assert stay is not None
        until_s = after.arrived_s if after else passage.done_s
        if until_s is None and passage.over:
            return
        yield ("held", stay.node), (stay.arrived_s, until_s)
        left_s = stay.departed_s if stay.left else None
        if left_s is not None or until_s is None:
            yield ("dwell", stay.node), (stay.arrived_s, left_s)
        to = after.node if after else DOOR if passage.done_s is not None else following
        if left_s is not None and to is not None:
            yield ("transit", stay.node, to), (left_s, until_s)
