"""What a source is owed: a rate that it can bear, waits that grow, and rest when it is ill. Pure.

All times are seconds of one clock that the caller reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 1_800.0


def backoff_s(failures: int, chance: Callable[[], float]) -> float:
    """The wait after so many failures: it doubles, and half of it is left to chance, so that what
    failed together does not come back together.
    """
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(failures - 1, 30))
    return longest * (0.5 + 0.5 * chance())


class Bucket:
    """Tokens that fill up at a rate; one a call. It starts with one, not full: a restart must not
    be a burst.
    """

    def __init__(self, rate_per_s: float, burst: float = 1.0) -> None:
        self._rate = rate_per_s
        self._burst = max(1.0, burst)
        self._left = 1.0
        self._at: float | None = None

    def take(self, now: float) -> float:
        """Take a token; how long to wait before it may be used. Waits queue up."""
        if self._at is not None:
            self._left = min(self._burst, self._left + max(0.0, now - self._at) * self._rate)
        self._at = now
        self._left -= 1.0
        return 0.0 if self._left >= 0 else -self._left / self._rate


State = Literal["closed", "open", "half-open"]


class Breaker:
    """Closed: calls go. Open after several failures in a row: none goes. Half-open after a wait:
    one goes, and its outcome decides.
    """

    def __init__(self, chance: Callable[[], float], after: int = 5) -> None:
        self._chance = chance
        self._after = after
        self.state: State = "closed"
        self.failures = 0
        self._opened = 0
        self._until = 0.0
        self._probing = False

    def wait_s(self, now: float) -> float:
        """0 if a call may go now, else how long none may."""
        if self.state == "open" and now >= self._until:
            self.state, self._probing = "half-open", False
        if self.state == "half-open":
            return 1.0 if self._probing else 0.0
        return 0.0 if self.state == "closed" else self._until - now

    def begun(self) -> None:
        """A call goes out."""
        self._probing = self.state == "half-open"

    def succeeded(self) -> None:
        self.state, self.failures, self._opened, self._probing = "closed", 0, 0, False

    def failed(self, now: float) -> None:
        self.failures += 1
        if self.state == "open":
            return  # a call that was under way already
        if self.state == "half-open" or self.failures >= self._after:
            self._opened += 1
            self.state, self._probing = "open", False
            self._until = now + 6 * backoff_s(self._opened, self._chance)

    def let_off(self) -> None:
        """A call came to nothing that says nothing of the source's health."""
        self._probing = False
