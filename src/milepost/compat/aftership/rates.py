"""How often a key may call, and the headers that tell it."""

from __future__ import annotations

import time
from collections.abc import Callable

# Of one key. AfterShip allows 10; a server of one's own needs a limit only against run-away loops.
RATE_PER_S = 2_000


class Rates:
    """Calls of each key within the second."""

    def __init__(self, per_s: int = RATE_PER_S, clock: Callable[[], float] = time.time) -> None:
        self._per_s = per_s
        self._clock = clock
        self._second = 0
        self._calls: dict[int, int] = {}

    def count(self, key: int) -> tuple[bool, dict[str, str]]:
        """Whether one more call is allowed, and the headers that tell how many are."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._calls = second, {}
        calls = self._calls[key] = self._calls.get(key, 0) + 1
        headers = {
            "x-ratelimit-limit": str(self._per_s),
            "x-ratelimit-remaining": str(max(0, self._per_s - calls)),
            "x-ratelimit-reset": str(second + 1),
        }
        return calls <= self._per_s, headers
