"""Findings of rules, and the alerts that they open and clear."""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct

Severity = Literal["info", "warning", "critical"]


class Finding(NamedTuple):
    """A rule's observation. `since_s`: event time from which it holds."""

    rule: str
    severity: Severity
    since_s: int
    detail: dict[str, str | int | float | None]


class Policy(Struct, frozen=True, kw_only=True):
    """A tenant's limits, in seconds. The defaults are the field's usual ones."""

    no_record_after_s: int = 3 * 86_400
    dwell_s: int = 48 * 3600
    customs_dwell_s: int = 72 * 3600
    unsigned_after_s: int = 36 * 3600
    pickup_overdue_s: int = 18 * 3600
    failed_attempts: int = 2
    lost_after_s: int = 14 * 86_400


DEFAULT_POLICY = Policy()
