"""Room 8, the pure part: what becomes of a delivery after an attempt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from milepost.engine.delivery import Answer, Attempt, Due, Outcome

# The longest wait after the nth failure triples from 10 s up to a day: 14 attempts over at most
# 5.1 days, half of it on average. Jitter is full, so that what failed together does not come back
# together.
FIRST_WAIT_S = 10.0
LONGEST_WAIT_S = 86_400.0
MOST_ATTEMPTS = 14
# A subscription that has taken nothing for so long when a delivery is given up is disabled.
DISABLE_AFTER = timedelta(days=3)


def longest_wait_s(failures: int) -> float:
    """The upper end of the wait after so many failures."""
    return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 3 ** (failures - 1)))


def outcome_of(due: Due, answer: Answer, now: datetime, chance: Callable[[], float]) -> Outcome:
    """Delivered, to be tried again, or given up. `chance` gives a random number in [0, 1)."""
    attempt = Attempt(
        at=now,
        code=answer.code,
        error=answer.error,
        response=answer.response,
        duration_ms=answer.duration_ms,
    )
    subscription = due.subscription.id
    outcome = Outcome(
        delivery=due.delivery,
        subscription=subscription,
        state="delivered" if answer.error is None else "failed",
        next_at=None,
        attempt=attempt,
        disable=_disable(due, answer, now),
        unless_healed=not answer.gone,
    )
    if answer.error is None or answer.gone or due.attempts + 1 >= _most_attempts(answer):
        return outcome
    next_at = now + timedelta(seconds=_wait_s(due, answer, chance))
    return Outcome(
        delivery=due.delivery,
        subscription=subscription,
        state="pending",
        next_at=next_at,
        attempt=attempt,
    )


def _most_attempts(answer: Answer) -> int:
    return MOST_ATTEMPTS if answer.schedule_s is None else len(answer.schedule_s) + 1


def _wait_s(due: Due, answer: Answer, chance: Callable[[], float]) -> float:
    if answer.schedule_s is not None:
        wait_s = float(answer.schedule_s[due.attempts])
    else:
        wait_s = chance() * longest_wait_s(due.attempts + 1)
    asked_s = min(float(answer.retry_after_s or 0), LONGEST_WAIT_S)
    return max(wait_s, asked_s)


def _disable(due: Due, answer: Answer, now: datetime) -> str | None:
    if answer.gone:
        return f"The receiver answered {answer.code}: it wants no more messages."
    since = due.subscription.failing_since
    if answer.error is None or since is None or now - since < DISABLE_AFTER:
        return None
    return f"Nothing has been delivered since {since:%Y-%m-%d %H:%M} UTC: {answer.error}"
