"""Custody read through containment: a parcel in a bag in a truck was in the truck, though only the
bag was scanned into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from milepost.custody.holding import VEHICLES, Holding


class Carriage(Struct, frozen=True, kw_only=True):
    """It was in an asset. `until` None: still. `through`: what lies between, itself first;
    `confidence_pm`: how far that is to be believed, per mille.
    """

    asset: str
    since: datetime
    until: datetime | None
    through: tuple[str, ...] = ()
    confidence_pm: int = 1000

    @property
    def reference(self) -> str:
        """What stands for the scans that put it in and took it out."""
        return " in ".join([*self.through, self.asset])


def aboard(holdings: Sequence[Holding], carriages: Sequence[Carriage]) -> list[Holding]:
    """The holdings, parted where a vehicle took the parcel over and gave it back."""
    found = list(holdings)
    for one in sorted(carriages, key=lambda one: one.since):
        if one.asset.startswith(VEHICLES):
            found = [part for holding in found for part in _parted(holding, one)]
    return found


def _parted(holding: Holding, by: Carriage) -> Iterator[Holding]:
    start = max(holding.since, by.since)
    ends = [one for one in (holding.until, by.until) if one is not None]
    end = min(ends, default=None)
    outside = end is not None and end <= start
    if outside or holding.where not in ("facility", "road") or holding.holder.endswith(by.asset):
        yield holding
        return
    begins, ends_here = start > holding.since, end is not None and end != holding.until
    if begins:
        yield replace(holding, until=start, gave=by.reference)
    yield replace(
        holding, holder=f"{holding.carrier or '?'} {by.asset}", where="road", since=start,
        until=end, took=by.reference if begins else holding.took,
        gave=by.reference if ends_here else holding.gave, handled=1,
        **({"place": None, "operators": (), "devices": (), "events": ()} if begins else {}),
    )  # fmt: skip
    if ends_here:
        assert end is not None
        yield replace(
            holding, holder=holding.carrier or "?", where="facility", place=None, since=end,
            took=by.reference, handled=1, operators=(), devices=(), events=(),
        )  # fmt: skip
