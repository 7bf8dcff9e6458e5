"""Rate limits: a token bucket for each caller (a key, or an address on public pages)."""

from __future__ import annotations

import time
from math import ceil

from starlette.types import ASGIApp, Receive, Scope, Send

from milepost.web.problems import ProblemError, response_of


class Limiter:
    """`rate_per_s` requests a second on average, `burst` at once."""

    def __init__(self, rate_per_s: float, burst: int) -> None:
        self.rate_per_s = self._rate = rate_per_s
        self._burst = float(burst)
        self._buckets: dict[object, tuple[float, float]] = {}

    def wait_s(self, who: object, cost: float = 1.0) -> float:
        """Take a token; 0, or how long to wait because there is none."""
        now = time.monotonic()
        left, then = self._buckets.get(who, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._rate)
        if left < min(cost, self._burst):
            return (min(cost, self._burst) - left) / self._rate
        if len(self._buckets) > 100_000:
            self._forget(now)
        self._buckets[who] = (left - cost, now)
        return 0.0

    def left(self, who: object) -> float:
        """How many tokens there are now."""
        now = time.monotonic()
        left, then = self._buckets.get(who, (self._burst, now))
        return min(self._burst, left + (now - then) * self._rate)

    def check(self, who: object, cost: float = 1.0) -> None:
        """Raise 429 with Retry-After where there is no token left."""
        wait_s = self.wait_s(who, cost)
        if wait_s > 0:
            headers = {"Retry-After": str(ceil(wait_s))}
            raise ProblemError(429, "Too many requests; slow down.", headers=headers)

    def _forget(self, now: float) -> None:
        """Drop buckets that have filled up again: they say nothing."""
        full_after_s = self._burst / self._rate
        self._buckets = {
            who: bucket for who, bucket in self._buckets.items() if now - bucket[1] < full_after_s
        }


class PublicLimit:
    """ASGI middleware: pages that need no key are limited by the address that asks."""

    def __init__(self, app: ASGIApp, limiter: Limiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_public(scope["path"]):
            client = scope.get("client")
            wait_s = self._limiter.wait_s(client[0] if client else None)
            if wait_s > 0:
                headers = {"Retry-After": str(ceil(wait_s))}
                error = ProblemError(429, "Too many look-ups; slow down.", headers=headers)
                await response_of(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_public(path: str) -> bool:
    return path == "/" or path.startswith("/t/")
