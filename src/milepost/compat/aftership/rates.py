"""How often a key may call, and the headers that tell it."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from milepost.web.limits import Limiter


class Rates:
    """The server's limit of a key, told as AfterShip tells its own."""

    def __init__(self, limiter: Limiter, clock: Callable[[], float] = time.time) -> None:
        self._limiter = limiter
        self._clock = clock

    def count(self, key: int) -> tuple[bool, dict[str, str]]:
        """Whether one more call is allowed, and the headers that tell how many are."""
        wait_s = self._limiter.wait_s(key)
        headers = {
            "x-ratelimit-limit": str(ceil(self._limiter.rate_per_s)),
            "x-ratelimit-remaining": str(int(self._limiter.left(key))),
            "x-ratelimit-reset": str(int(self._clock() + wait_s) + 1),
        }
        if wait_s > 0:
            headers["retry-after"] = str(ceil(wait_s))
        return wait_s == 0, headers
