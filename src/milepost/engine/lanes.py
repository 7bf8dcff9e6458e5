"""A lane a subscription: a slow or failing receiver narrows its own lane and nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from milepost.engine.delivery import Answer

WIDEST = 16
SLOW_MS = 2_000
# Other messages wait too when a receiver asks for a pause, but not for as long as that message.
LONGEST_PAUSE_S = 60


class Lane(Struct):
    """How many messages may be on their way at once, how many are, and until when it rests."""

    width: int = WIDEST
    busy: int = 0
    paused_until: datetime | None = None


class Lanes:
    """The lanes that differ from an idle, healthy one."""

    def __init__(self) -> None:
        self._lanes: dict[int, Lane] = {}
        self.busy = 0

    def enter(self, subscription: int) -> None:
        """A message is on its way."""
        self._lanes.setdefault(subscription, Lane()).busy += 1
        self.busy += 1

    def leave(self, subscription: int, answer: Answer | None, now: datetime) -> None:
        """It has come back; `answer` is None where the attempt was broken off."""
        lane = self._lanes[subscription]
        lane.busy -= 1
        self.busy -= 1
        if answer is not None:
            _learn(lane, answer, now)
        if lane == Lane():
            del self._lanes[subscription]

    def room(self, now: datetime) -> dict[int, int]:
        """How many more each lane takes, where that is not `WIDEST`."""
        return {subscription: _room(lane, now) for subscription, lane in self._lanes.items()}

    def forget(self, subscription: int) -> None:
        """A changed subscription starts afresh."""
        lane = self._lanes.get(subscription)
        if lane is not None:
            lane.width, lane.paused_until = WIDEST, None

    def opens_at(self, now: datetime) -> datetime | None:
        """When the next paused lane opens."""
        pauses = [lane.paused_until for lane in self._lanes.values() if lane.paused_until]
        return min((until for until in pauses if until > now), default=None)


def _learn(lane: Lane, answer: Answer, now: datetime) -> None:
    if lane.paused_until is not None and lane.paused_until <= now:
        lane.paused_until = None
    if answer.error is None and answer.duration_ms < SLOW_MS:
        lane.width = min(WIDEST, lane.width * 2)
        return
    lane.width = max(1, lane.width // 2)
    if answer.retry_after_s:
        pause_s = min(answer.retry_after_s, LONGEST_PAUSE_S)
        lane.paused_until = now + timedelta(seconds=pause_s)


def _room(lane: Lane, now: datetime) -> int:
    if lane.paused_until is not None and lane.paused_until > now:
        return 0
    return max(0, lane.width - lane.busy)
