"""A local time whose offset stands beside it, as an offset or as the same moment in UTC."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

from milepost.carriers.toolkit.times import When

_QUARTER = timedelta(minutes=15)
_WIDEST = timedelta(hours=14)
_DRIFT = timedelta(minutes=2)


def offset_from_utc(local: When | None, utc: When | None) -> When | None:
    """The local time with the offset that the same moment in UTC gives away.

    Offsets are whole quarters of an hour: what is left beside them are seconds between two clocks.
    Without a local time the UTC one is taken; without a believable offset the local one as it is.
    """
    if utc is None or (local and local.at.tzinfo):
        return local
    if local is None:
        return utc if utc.at.tzinfo else When(utc.at.replace(tzinfo=UTC), utc.date_only)
    if local.date_only or utc.date_only:
        return local
    bare = utc.at.astimezone(UTC).replace(tzinfo=None) if utc.at.tzinfo else utc.at
    offset = _QUARTER * round((local.at - bare) / _QUARTER)
    if abs(offset) > _WIDEST or abs(local.at - bare - offset) > _DRIFT:
        return local
    return When(local.at.replace(tzinfo=timezone(offset)))
