"""The arrival window of a shipment of several boxes: it is there when the last of them is."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from milepost.eta.facts import Window


def lateness(window: Window) -> tuple[int, int, int]:
    """By which the last of several windows is found."""
    return window.p90_us, window.p50_us, window.p10_us


def last_of(windows: Sequence[Window], unseen: int = 0) -> Window | None:
    """The window of the last box, of those that are still on the road; None of none. `unseen`: so
    many boxes have not been scanned, so that it can only be a guess.

    Boxes of a shipment travel together far more often than not, so its quantiles are the latest of
    theirs. Where they part, the odds of the latest are still the odds of that box.
    """
    if not windows:
        return None
    last = max(windows, key=lateness)
    if len(windows) == 1 and not unseen:
        return last
    odds = [one.late_odds for one in windows if one.late_odds is not None]
    reason = f"{last.reason}; the last of {len(windows) + unseen} boxes on the road"
    return replace(
        last,
        p10_us=max(one.p10_us for one in windows), p50_us=max(one.p50_us for one in windows),
        guess=unseen > 0 or any(one.guess for one in windows),
        evidence=min(one.evidence for one in windows), late_odds=max(odds, default=None),
        reason=f"{reason}, {unseen} not seen yet" if unseen else reason,
        boxes=len(windows) + unseen, unseen=unseen,
    )  # fmt: skip
