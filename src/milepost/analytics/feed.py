"""Which roads have changed: commits and facts are numbered, but do not come in by their numbers.

A number that is missing may still be under way. Whatever comes late is seen all the same, for as
long as no transaction lasts; then the gap counts as given up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic

# No transaction of ours is open for so long.
SETTLED_S = 120.0


class Numbers:
    """Tells new numbers from known ones. Everything up to `floor` is known."""

    def __init__(self, floor: int, clock_s: Callable[[], float] = monotonic) -> None:
        self.floor = floor
        self._seen: set[int] = set()
        self._clock_s = clock_s
        self._heights: deque[tuple[float, int]] = deque()

    def fresh(self, numbers: Iterable[int]) -> list[int]:
        """Those that were not given before."""
        return [one for one in numbers if one > self.floor and one not in self._seen]

    def know(self, numbers: Iterable[int]) -> None:
        """They are dealt with; the floor rises over what has settled."""
        now_s = self._clock_s()
        self._seen.update(one for one in numbers if one > self.floor)
        while self.floor + 1 in self._seen:
            self.floor += 1
            self._seen.discard(self.floor)
        if self._seen:
            self._heights.append((now_s, max(self._seen)))
        while self._heights and self._heights[0][0] <= now_s - SETTLED_S:
            self._raise(self._heights.popleft()[1])

    def _raise(self, floor: int) -> None:
        if floor > self.floor:
            self.floor = floor
            self._seen = {one for one in self._seen if one > floor}
