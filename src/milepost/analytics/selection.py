"""What a question is about: a span of time, filters, and what to group by."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.analytics.definitions import Report, allowed, dimensions, sources

MOST_BY = 4


class BadSelectionError(ValueError):
    """A question that cannot be answered; the text is for its sender."""


class Selection(Struct, frozen=True, kw_only=True):
    """`from_s` and `to_s` (exclusive) are seconds since 1970 UTC; `filters`: dimension → value."""

    from_s: int | None = None
    to_s: int | None = None
    filters: dict[str, str] = {}
    by: tuple[str, ...] = ()


def check(report: Report, wanted: Selection) -> tuple[str, ...]:
    """The dimensions to group by. Raises BadSelectionError."""
    by = tuple(dict.fromkeys(wanted.by)) or report.by
    known = allowed(report)
    for name in (*by, *wanted.filters):
        if name not in dimensions():
            names = ", ".join(dimensions())
            raise BadSelectionError(f"There is no dimension '{name}', only {names}.")
    for name in by:
        if name not in known:
            raise BadSelectionError(f"This report cannot be grouped by '{name}'.")
    if len(by) > MOST_BY:
        raise BadSelectionError(f"A report is grouped by {MOST_BY} dimensions at most.")
    if set(report.apart) - set(by):
        by = (*report.apart, *by)
    return by


def where_of(report: Report, wanted: Selection, source: str | None = None) -> tuple[str, Any]:
    """The condition, and the values for its parameters."""
    kind = source or report.source
    clauses, values = [], dict[str, Any]()
    if source is None:
        clauses.append(f"({report.where})")
    if wanted.from_s is not None:
        clauses.append(f"time_s >= {wanted.from_s:d}")
    if wanted.to_s is not None:
        clauses.append(f"time_s < {wanted.to_s:d}")
    beside: list[str] = []
    for number, (name, value) in enumerate(sorted(wanted.filters.items())):
        one = dimensions()[name]
        if name in report.apart and source is not None:
            continue
        clause = (one.filter or f"{one.sql} = $value").replace("$value", f"$filter_{number}")
        values[f"filter_{number}"] = value
        if kind in one.sources:
            clauses.append(clause)
        elif kind == "hop" and "journey" in one.sources:
            beside.append(clause)
        else:
            raise BadSelectionError(f"This report cannot be filtered by '{name}'.")
    if beside:
        roads = f"SELECT road FROM ({sources()['journey']}) WHERE {' AND '.join(beside)}"
        clauses.append(f"road IN ({roads})")
    return " AND ".join(clauses) or "true", values
