"""A carrier's promise of delivery, as the scan that carries it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from milepost.carriers.toolkit.times import When
from milepost.domain.scan import Scan

PROMISE = "promise"


def promise(
    number: str,
    made_at: datetime,
    start: When | None,
    end: When | None = None,
    *,
    carrier: str | None = None,
) -> Scan | None:
    """The promise that a parcel arrives between `start` and `end`; None if neither is known.

    A promise of a mere date means the whole day.
    """
    first, last = start or end, end or start
    if first is None or last is None:
        return None
    return Scan(
        number=number,
        occurred_at=made_at,
        carrier=carrier,
        code=PROMISE,
        estimated_from=first.at,
        estimated_to=last.at.replace(hour=23, minute=59, second=59) if last.date_only else last.at,
    )


def latest(times: Iterable[datetime], otherwise: datetime) -> datetime:
    """The latest of some times, naive ones compared as if UTC; `otherwise` if there are none."""
    found = list(times)
    return max(found, key=_comparable) if found else otherwise


def _comparable(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)
