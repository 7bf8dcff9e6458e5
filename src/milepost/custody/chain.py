"""The chain of custody: who held the parcel from when to when, and where the record has flaws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from milepost.custody.archive import Node, standing
from milepost.custody.flaws import Flaw, LiesAt, flaws_of
from milepost.custody.holding import Holding, holdings_of
from milepost.domain.whole import position_of


class Custody(Struct, frozen=True, kw_only=True):
    """All holdings in the order of time, and the flaws of the record."""

    holdings: tuple[Holding, ...]
    flaws: tuple[Flaw, ...]


def custody_of(
    nodes: Sequence[Node],
    within: Callable[[Sequence[Holding]], Sequence[Holding]] = lambda found: found,
    lies_at: LiesAt = position_of,
) -> Custody:
    """The chain of custody that a road's nodes prove. `within`: parts holdings by what else is
    known; see `aboard`. `lies_at`: latitude and longitude of a place, as far as they are known.
    """
    seen = standing(nodes)
    holdings = list(within(list(holdings_of(seen))))
    flaws = flaws_of(nodes, seen, holdings, lies_at)
    return Custody(holdings=tuple(holdings), flaws=tuple(flaws))
