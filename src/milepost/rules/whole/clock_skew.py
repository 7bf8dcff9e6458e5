"""A device says that something happened which had not happened yet when we heard of it."""

from __future__ import annotations

from milepost.domain.alert import Finding, Policy
from milepost.domain.event import Event
from milepost.domain.moment import TimeQuality
from milepost.domain.scan import id_text
from milepost.domain.status import BY_CODE
from milepost.domain.whole import Whole

# A bare date or a time without a zone may well be ahead of us.
_SURE = {int(TimeQuality.exact), int(TimeQuality.zone_from_place)}


def check(whole: Whole, now_s: int, policy: Policy) -> Finding | None:
    ahead = [event for event in whole.events if skew_s(event) > policy.clock_skew_s]
    if not ahead:
        return None
    worst = max(ahead, key=skew_s)
    detail: dict[str, str | int | float | None] = {
        "event": id_text(worst.fingerprint), "ahead_s": skew_s(worst), "device": worst.body.device,
        "source": worst.body.source,
    }  # fmt: skip
    since_s = min(event.received_us for event in ahead) // 1_000_000
    return Finding("clock_skew", "info", since_s, detail)


def skew_s(event: Event) -> int:
    """How far ahead of our clock its own was, in seconds; 0 where nobody can tell."""
    if event.quality not in _SURE or event.code not in BY_CODE:
        return 0
    return max(0, (event.at_us - event.received_us) // 1_000_000)


def due(whole: Whole, policy: Policy) -> int | None:
    return None
