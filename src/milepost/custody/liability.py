"""Liability: the stretches in which it can have happened, who held the parcel, with what odds.

First the window (see `window`). Then every holding that overlaps it gets a weight (see `weighing`).
Weights are made odds; what the record does not show stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from milepost.custody.archive import Node, standing
from milepost.custody.chain import Custody
from milepost.custody.flaws import Flaw
from milepost.custody.holding import Holding
from milepost.custody.weighing import Reason, weight_of
from milepost.custody.window import PROBLEMS, Anomaly, Problem, unproven, window_of

__all__ = ["PROBLEMS", "Anomaly", "Liability", "Problem", "Reason", "Share", "liability_of"]

# Each of these leaves a tenth of the odds open, and half of them at most.
_OPENS = {"gap", "contradiction", "unproven_start"}
_OPEN_PM, _MOST_OPEN_PM = 100, 500


class Share(Struct, frozen=True, kw_only=True):
    """One holding's part: `probability_pm` per mille of all; `because` in plain English, `reasons`
    the same for other languages.
    """

    holder: str
    carrier: str | None
    where: str
    since: datetime
    until: datetime | None
    probability_pm: int
    because: tuple[str, ...]
    events: tuple[str, ...]
    took: str | None
    gave: str | None
    reasons: tuple[Reason, ...] = ()


class Liability(Struct, frozen=True, kw_only=True):
    """The answer. `window_from`, `window_until`: the events that bound it, None where nothing
    does. `unclear_pm`: what the record leaves open; `flaws` say why.
    """

    problem: str
    since: datetime | None
    until: datetime | None
    window_from: str | None
    window_until: str | None
    shares: tuple[Share, ...]
    unclear_pm: int
    flaws: tuple[Flaw, ...]
    by_carrier: dict[str, int]


def liability_of(
    problem: Problem,
    nodes: Sequence[Node],
    custody: Custody,
    anomalies: Sequence[Anomaly] = (),
    now: datetime | None = None,
) -> Liability:
    """Who answers for a problem, as far as the record tells."""
    seen = standing(nodes)
    window = window_of(problem, seen, anomalies, now)
    began, ended = window.began, window.ended
    found = [one for one in custody.holdings if window.overlap_s(one.since, one.until) is not None]
    weighed = [(one, *weight_of(problem, one, seen, anomalies, window)) for one in found]
    flaws = (
        *(flaw for flaw in custody.flaws if _concerns(flaw, began.at, ended.at)),
        *unproven(problem, window),
    )
    shares, unclear_pm = _shares(weighed, flaws)
    return Liability(
        problem=problem, since=began.at, until=ended.at, window_from=began.event,
        window_until=ended.event, shares=shares, unclear_pm=unclear_pm, flaws=flaws,
        by_carrier=_by_carrier(shares),
    )  # fmt: skip


def _concerns(flaw: Flaw, since: datetime | None, until: datetime | None) -> bool:
    if flaw.since is None or flaw.until is None:
        return True
    return (until is None or flaw.since <= until) and (since is None or flaw.until >= since)


def _shares(
    weighed: Sequence[tuple[Holding, float, list[Reason]]], flaws: Sequence[Flaw]
) -> tuple[tuple[Share, ...], int]:
    """Odds per mille, most likely first."""
    total = sum(weight for _, weight, _ in weighed)
    flawed = sum(one.kind in _OPENS for one in flaws)
    unclear_pm = min(_MOST_OPEN_PM, _OPEN_PM * flawed) if total else 1000
    left = 1000 - unclear_pm
    parts = [round(left * weight / total) if total else 0 for _, weight, _ in weighed]
    if parts and total:
        parts[parts.index(max(parts))] += left - sum(parts)  # rounding must not lose anything
    shares = [
        Share(
            holder=one.holder, carrier=one.carrier, where=one.where, since=one.since,
            until=one.until, probability_pm=part, events=one.events,
            because=tuple(reason.text for reason in because), reasons=tuple(because),
            took=one.took, gave=one.gave,
        )
        for (one, _, because), part in zip(weighed, parts, strict=True)
    ]  # fmt: skip
    return tuple(sorted(shares, key=lambda one: (-one.probability_pm, one.since))), unclear_pm


def _by_carrier(shares: Sequence[Share]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in shares:
        name = "consignee" if one.where == "consignee" else one.carrier or "unknown"
        found[name] = found.get(name, 0) + one.probability_pm
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
