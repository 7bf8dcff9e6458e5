"""How things stand with a number, for its next interval. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from milepost.domain.track import Track
from milepost.engine.polling import Standing, Target

CLOSED = frozenset({"delivered", "returned", "expired"})
# What a merchant announced is no news from the road.
_OURS = frozenset({"merchant"})


def standing_of(track: Track | None, target: Target) -> Standing:
    """From the road as it is known now; a number without one stands since it is followed."""
    since_s = target.created_us // 1_000_000
    if track is None:
        return Standing(since_s=since_s)
    heard = [
        at
        for event in track.events
        if event.source not in _OURS and (at := seconds(event.received_at)) is not None
    ]
    changed_s = max(heard, default=None)
    status, arrival = track.status, track.arrival
    closed_s = (changed_s or seconds(status.since)) if status.main in CLOSED else None
    return Standing(
        since_s=since_s,
        main=status.main,
        changed_s=changed_s,
        closed_s=closed_s,
        earliest_s=seconds(arrival.earliest) if arrival else None,
        latest_s=seconds(arrival.latest) if arrival else None,
    )


def seconds(text: str | None) -> int | None:
    """Seconds since 1970 of an RFC 3339 text; a naive time counts as UTC, near enough here."""
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
