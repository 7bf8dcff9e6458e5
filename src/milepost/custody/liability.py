"""Liability: the stretches in which it can have happened, who held the parcel, with what odds.

First the window: from the last proof that all was well to the first that it was not, or, for a
temperature, as long as it was measured to be wrong. Then every
holding that overlaps it gets a weight: what such a stretch invites by itself (`hazard.toml`) times
what sensors and scans say of it. Weights are made odds; what lies in gaps of the record stays open.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from msgspec import Struct

from milepost.custody.archive import Node, standing
from milepost.custody.holding import Custody, Flaw, Holding

Problem = Literal["damage", "loss", "temperature", "delay"]
PROBLEMS: tuple[Problem, ...] = ("damage", "loss", "temperature", "delay")
HOUR_S = 3600
_BAD = {
    "damage": {"exception.damaged", "exception.destroyed"},
    "loss": {"exception.lost"},
    "temperature": set[str](),
    "delay": set[str](),
}
_GOOD_STATES = {"good", "intact", "sealed", "seen"}


class Anomaly(Struct, frozen=True, kw_only=True):
    """What a sensor or an alert says happened: `kind` as the rule is called."""

    kind: str
    from_s: int
    until_s: int | None
    source: str
    detail: dict[str, Any] = {}


class Reason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a holding is weighed as it is. `held`: so many `hours` of the time in question; `over`:
    so many beyond what is usual; `handled` so many `times`; `sensed`: what a `rule` of sensors
    says, and whose sensor it was.
    """

    kind: Literal["held", "over", "handled", "sensed"]
    hours: float = 0.0
    times: int = 0
    rule: str = ""
    source: str = ""

    @property
    def text(self) -> str:
        """In plain English."""
        return {
            "held": f"held it for {self.hours:.1f} h of the time in question",
            "over": f"{self.hours:.1f} h beyond what is usual",
            "handled": f"handled it {self.times} times",
            "sensed": f"{self.rule} by {self.source}",
        }[self.kind]


class Share(Struct, frozen=True, kw_only=True):
    """One holding's part: `probability_pm` per mille of all; `because` in plain English, `reasons`
    the same for other languages.
    """

    holder: str
    carrier: str | None
    where: str
    from_s: int
    until_s: int | None
    probability_pm: int
    because: tuple[str, ...]
    events: tuple[str, ...]
    took: str | None
    gave: str | None
    reasons: tuple[Reason, ...] = ()


class Liability(Struct, frozen=True, kw_only=True):
    """The answer. `window_from`, `window_until`: the events that bound it, None where nothing
    does. `unclear_pm`: what the record leaves open.
    """

    problem: str
    from_s: int | None
    until_s: int | None
    window_from: str | None
    window_until: str | None
    shares: tuple[Share, ...]
    unclear_pm: int
    flaws: tuple[Flaw, ...]
    by_carrier: dict[str, int]


class _Bound(Struct, frozen=True):
    at_s: int | None
    event: str | None


@cache
def hazards() -> dict[str, Any]:
    """See `hazard.toml`."""
    return tomllib.loads((files(__package__) / "hazard.toml").read_text("utf-8"))


def liability_of(
    problem: Problem,
    nodes: Sequence[Node],
    custody: Custody,
    anomalies: Sequence[Anomaly] = (),
    now_s: int | None = None,
) -> Liability:
    """Who answers for a problem, as far as the record tells."""
    seen = standing(nodes)
    began, ended = _measured(problem, anomalies, now_s) or _window(problem, seen, now_s)
    found = [one for one in custody.holdings if _overlap_s(one, began.at_s, ended.at_s) is not None]
    weighed = [(one, *_weight(problem, one, seen, anomalies, began, ended)) for one in found]
    flaws = tuple(flaw for flaw in custody.flaws if _concerns(flaw, began.at_s, ended.at_s))
    shares, unclear_pm = _shares(weighed, flaws)
    return Liability(
        problem=problem, from_s=began.at_s, until_s=ended.at_s, window_from=began.event,
        window_until=ended.event, shares=shares, unclear_pm=unclear_pm, flaws=flaws,
        by_carrier=_by_carrier(shares),
    )  # fmt: skip


def _measured(
    problem: Problem, anomalies: Sequence[Anomaly], now_s: int | None
) -> tuple[_Bound, _Bound] | None:
    """What sensors measured tells its own times; a photograph says nothing of warmth."""
    found = [one for one in anomalies if one.kind == "temperature_excursion"]
    if problem != "temperature" or not found:
        return None
    ends = [one.until_s if one.until_s is not None else now_s for one in found]
    last = max((end for end in ends if end is not None), default=None)
    return _Bound(min(one.from_s for one in found), None), _Bound(last, None)


def _window(problem: Problem, nodes: Sequence[Node], now_s: int | None) -> tuple[_Bound, _Bound]:
    bad = next((one for one in nodes if one.sub in _BAD[problem] or _says(problem, one)), None)
    until = _Bound(bad.at_s if bad else now_s, bad.event if bad else None)
    first = _bound(nodes[0]) if nodes else _Bound(None, None)
    if problem == "delay":
        done = nodes and nodes[-1].main == "delivered"
        return first, _bound(nodes[-1]) if done else until
    good = [one for one in nodes if _proves_good(problem, one) and _before(one, until.at_s)]
    return (_bound(good[-1]) if good else first), until


def _bound(node: Node) -> _Bound:
    return _Bound(node.at_s, node.event)


def _says(problem: Problem, node: Node) -> bool:
    return problem == "damage" and node.state == "damaged"


def _proves_good(problem: Problem, node: Node) -> bool:
    """For a loss every scan proves that it was there, but that it was handed over needs more than
    a courier's word; else somebody must have looked at it. Nobody sees that goods have been warm.
    """
    if problem == "loss":
        return node.main != "delivered" or bool(node.evidence)
    if problem == "temperature":
        return False
    return node.state in _GOOD_STATES or "photograph" in {
        one.partition(":")[0] for one in node.evidence
    }


def _before(node: Node, at_s: int | None) -> bool:
    return at_s is None or (node.at_s is not None and node.at_s < at_s)


def _overlap_s(holding: Holding, from_s: int | None, until_s: int | None) -> int | None:
    """Seconds of a holding inside the window; None if it lies outside."""
    start = holding.from_s if from_s is None else max(holding.from_s, from_s)
    ends = [one for one in (holding.until_s, until_s) if one is not None]
    end = min(ends) if ends else start
    return end - start if end > start or (end == start and holding.from_s == start) else None


def _weight(
    problem: Problem,
    holding: Holding,
    nodes: Sequence[Node],
    anomalies: Sequence[Anomaly],
    began: _Bound,
    ended: _Bound,
) -> tuple[float, list[Reason]]:
    seconds = _overlap_s(holding, began.at_s, ended.at_s) or 0
    hours = seconds / HOUR_S
    rates = hazards()[problem][holding.where]
    because = [Reason(kind="held", hours=round(hours, 1))]
    if problem == "delay":
        over_h = max(0.0, hours - hazards()["usual_h"][holding.where])
        beyond = Reason(kind="over", hours=round(over_h, 1))
        return over_h, [*because, beyond] if over_h else because
    touched = sum(1 for one in nodes if one.event in holding.events and _inside(one, began, ended))
    weight = rates["handling"] * max(1, touched) + rates["hour"] * hours
    if touched:
        because.append(Reason(kind="handled", times=touched))
    for kind, source in dict.fromkeys(
        (one.kind, one.source) for one in anomalies if _meets(one, holding)
    ):
        factor = hazards()["evidence"][problem].get(kind)
        if factor is not None:
            weight *= factor
            because.append(Reason(kind="sensed", rule=kind, source=source))
    return weight, because


def _inside(node: Node, began: _Bound, ended: _Bound) -> bool:
    after = began.at_s is None or (node.at_s or 0) >= began.at_s
    return after and (ended.at_s is None or (node.at_s or 0) <= ended.at_s)


def _meets(anomaly: Anomaly, holding: Holding) -> bool:
    starts_in_time = holding.until_s is None or anomaly.from_s < holding.until_s
    return starts_in_time and (anomaly.until_s or anomaly.from_s) >= holding.from_s


def _concerns(flaw: Flaw, from_s: int | None, until_s: int | None) -> bool:
    if flaw.from_s is None or flaw.until_s is None:
        return True
    return (until_s is None or flaw.from_s <= until_s) and (
        from_s is None or flaw.until_s >= from_s
    )


def _shares(
    weighed: Sequence[tuple[Holding, float, list[Reason]]], flaws: Sequence[Flaw]
) -> tuple[tuple[Share, ...], int]:
    """Odds per mille, most likely first. Each gap or contradiction leaves a tenth more open."""
    total = sum(weight for _, weight, _ in weighed)
    flawed = sum(one.kind in ("gap", "contradiction") for one in flaws)
    unclear_pm = min(500, 100 * flawed) if total else 1000
    left = 1000 - unclear_pm
    parts = [round(left * weight / total) if total else 0 for _, weight, _ in weighed]
    if parts and total:
        parts[parts.index(max(parts))] += left - sum(parts)  # rounding must not lose anything
    shares = [
        Share(
            holder=one.holder, carrier=one.carrier, where=one.where, from_s=one.from_s,
            until_s=one.until_s, probability_pm=part, events=one.events,
            because=tuple(reason.text for reason in because), reasons=tuple(because),
            took=one.took, gave=one.gave,
        )
        for (one, _, because), part in zip(weighed, parts, strict=True)
    ]  # fmt: skip
    return tuple(sorted(shares, key=lambda one: (-one.probability_pm, one.from_s))), unclear_pm


def _by_carrier(shares: Sequence[Share]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in shares:
        name = "consignee" if one.where == "consignee" else one.carrier or "unknown"
        found[name] = found.get(name, 0) + one.probability_pm
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
