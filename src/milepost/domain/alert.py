"""Findings of rules, and the alerts that they open and clear."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct

Severity = Literal["info", "warning", "critical"]
# From a minute to a year: less is noise, more is never.
Seconds = Annotated[int, Meta(ge=60, le=366 * 86_400)]
SignOff = Literal["identity", "photograph", "signature"]


class Finding(NamedTuple):
    """A rule's observation. `since_s`: event time from which it holds."""

    rule: str
    severity: Severity
    since_s: int
    detail: dict[str, str | int | float | None]


class Policy(Struct, frozen=True, kw_only=True):
    """What a shipment may do before a person is told. The defaults are the field's usual ones.

    `in_transit_dwell_s` holds instead of `dwell_s` between facilities where it is given.
    `sign_off` names what a delivery must be proved with: `identity`, `photograph`, `signature`.
    """

    no_record_after_s: Seconds = 3 * 86_400
    dwell_s: Seconds = 48 * 3600
    in_transit_dwell_s: Seconds | None = None
    no_movement_s: Seconds = 5 * 86_400
    customs_dwell_s: Seconds = 72 * 3600
    unsigned_after_s: Seconds = 36 * 3600
    pickup_overdue_s: Seconds = 18 * 3600
    failed_attempts: Annotated[int, Meta(ge=1, le=100)] = 2
    lost_after_s: Seconds = 14 * 86_400
    clock_skew_s: Seconds = 15 * 60
    far_from_address_m: Annotated[int, Meta(ge=10, le=1_000_000)] = 2_000
    detour_pm: Annotated[int, Meta(ge=1, le=100_000)] = 500
    sign_off: tuple[SignOff, ...] = ()
    # Of the present silence, what notices cover. Set by the engine, never by a tenant.
    grace_s: int = 0


DEFAULT_POLICY = Policy()


_GRAVITY = {"info": 0, "warning": 1, "critical": 2}


def rises(before: Finding, now: Finding) -> bool:
    """Whether it has become graver: that is news, so one alert ends and another begins."""
    return _GRAVITY[now.severity] > _GRAVITY[before.severity]
