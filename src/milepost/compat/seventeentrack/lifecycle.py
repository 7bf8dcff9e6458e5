"""How long a number is tracked: when tracking stops by itself, and when it is forgotten. Pure."""

from __future__ import annotations

from milepost.compat.core import Watch
from milepost.compat.seventeentrack.road import status_of, told_of
from milepost.compat.seventeentrack.times import us_of
from milepost.domain.track import Track

DAY_US = 86_400_000_000
QUIET_US = 30 * DAY_US
DONE_US = 15 * DAY_US
KEPT_US = 90 * DAY_US
MOST_CARRIER_CHANGES = 5

EXPIRED = "Expired"
BY_REQUEST = "ByRequest"
_DONE = {"Delivered", "Exception"}


def stops_us(watch: Watch, track: Track | None) -> int:
    """When tracking stops by itself: 30 days after the last news, or 15 after a delivery or an
    exception. Registration and retracking count as news. Microseconds since 1970.
    """
    events = told_of(track)
    news = [us_of(event.received_at) or 0 for event in events]
    since: int = max([watch.created_us, watch.options.get("retracked_us", 0), *news])
    done = track is not None and bool(events) and status_of(track.status.sub).main in _DONE
    return since + (DONE_US if done else QUIET_US)


def is_forgotten(watch: Watch, now_us: int) -> bool:
    """Whether a stopped number has been kept for as long as it is."""
    return watch.stopped_us is not None and now_us - watch.stopped_us > KEPT_US


def stop(watch: Watch, reason: str, at_us: int) -> None:
    """Tracking ends; the next push tells so."""
    watch.active, watch.stopped_us = False, at_us
    watch.options = watch.options | {"stop_track_reason": reason, "next_push": "stopped"}


def restart(watch: Watch, now_us: int) -> None:
    """Tracking begins again, as it may once."""
    watch.active, watch.stopped_us = True, None
    kept = {
        name: value
        for name, value in watch.options.items()
        if name not in {"stop_track_reason", "next_push", "due_us"}
    }
    watch.options = kept | {"is_retracked": True, "retracked_us": now_us}
