"""What failed deliveries teach about areas: a table of counts, and rates shrunk to what is above.

An area is a key such as "CN-440305" (country and code): its parents are the shorter keys
("CN-4403", "CN-44", "CN", ""). A new area has its parent's rate until it has its own record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Outcome = Literal["delivered", "failed"]
# So many deliveries weigh as much as all that is known of the area above; a neighbour's say less.
_WEIGHT = 20
_WEIGHT_ABOVE = 100
# Before anything is known: of 1,000 first deliveries so many fail.
PRIOR_PM = 60
# From this rate on an address is warned of.
FAILING_PM = 200


class Record(Struct, frozen=True, gc=False):
    """Deliveries that were tried in an area."""

    delivered: int = 0
    failed: int = 0


Table = Mapping[str, Record]


def update(table: Table, area: str, outcome: Outcome, count: int = 1) -> dict[str, Record]:
    """A new table in which the area and all above it have the outcome."""
    return merge(table, {area: Record(**{outcome: count})})


def merge(table: Table, news: Table) -> dict[str, Record]:
    """A new table with the counts of the areas in `news`, and of all above them, added."""
    merged = dict(table)
    for area, more in news.items():
        for key in (area, *parents_of(area)):
            known = merged.get(key, Record())
            merged[key] = Record(known.delivered + more.delivered, known.failed + more.failed)
    return merged


def parents_of(area: str) -> list[str]:
    """Keys of the areas above, the nearest first; "" is the world."""
    country, _, code = area.partition("-")
    step = 2 if country == "CN" else 1
    sizes = range(len(code) - step, 0, -step) if country == "CN" else [3] if len(code) > 3 else []
    near = [f"{country}-{code[:size]}" for size in sizes]
    return [*near, *([country] if code else []), *([""] if country else [])]


def failed_pm(table: Table, area: str) -> int:
    """Of 1,000 deliveries so many fail there, as far as is known."""
    path = [area, *parents_of(area)]
    rate = PRIOR_PM / 1000
    for at in range(len(path) - 1, -1, -1):
        record, inner = table.get(path[at], Record()), Record()
        if at > 0:
            # What the next smaller area says itself must not count a second time.
            inner = table.get(path[at - 1], Record())
        failed = record.failed - inner.failed
        tried = failed + record.delivered - inner.delivered
        weight = _WEIGHT if at == 0 else _WEIGHT_ABOVE
        rate = (failed + weight * rate) / (tried + weight)
    return round(rate * 1000)


def is_failing(rate_pm: int) -> bool:
    """Whether an address in such an area deserves a warning."""
    return rate_pm >= FAILING_PM
