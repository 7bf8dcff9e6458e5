"""Times of a short record: what few shipments say is drawn to what many say around them.

One shipment has no spread of its own, and its P90 is not its P50. The fewer there are, the more
speaks what is known above: all carriers of the lane, and above them the spread of a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log
from typing import Any, NamedTuple

from milepost.engine.choice import FEW
from milepost.engine.lane_guess import P90_RATIO

# A middle is found with fewer shipments than a tail.
_ENOUGH_FOR_MIDDLE = 10
_SHORTEST_S = 60.0


class Times(NamedTuple):
    """Seconds that half, and nine of ten, need at most."""

    p50_s: float
    p90_s: float


def times_of(rows: Iterable[Mapping[str, Any]]) -> Times:
    """Of the last of `rows`, each drawn to the one before it; the most general comes first.

    A row has `samples`, `p50_s` and `p90_s`. ValueError without rows.
    """
    middle: float | None = None
    spread = log(P90_RATIO)
    for row in rows:
        half, most = (log(max(row[name], _SHORTEST_S)) for name in ("p50_s", "p90_s"))
        known = min(row["samples"] / _ENOUGH_FOR_MIDDLE, 1.0)
        middle = half if middle is None else middle + known * (half - middle)
        spread += min(row["samples"] / FEW, 1.0) * (most - half - spread)
    if middle is None:
        raise ValueError("no record")
    return Times(exp(middle), exp(middle + spread))
