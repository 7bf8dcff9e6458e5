"""What speaks for each holding: how long and how often it had the parcel in the window, and what
sensors say of that time (`hazard.toml`). Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from msgspec import Struct

from milepost.custody.archive import Node
from milepost.custody.holding import Holding, at_of
from milepost.custody.window import Anomaly, Problem, Window

HOUR_S = 3600
_WARM = "temperature_excursion"


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


@cache
def hazards() -> dict[str, Any]:
    """See `hazard.toml`."""
    return tomllib.loads((files(__package__) / "hazard.toml").read_text("utf-8"))


def weight_of(
    problem: Problem,
    holding: Holding,
    nodes: Sequence[Node],
    anomalies: Sequence[Anomaly],
    window: Window,
) -> tuple[float, list[Reason]]:
    """How much speaks for it, on no scale of its own, and why."""
    hours = (window.overlap_s(holding.since, holding.until) or 0) / HOUR_S
    because = [Reason(kind="held", hours=round(hours, 1))]
    rates = hazards()[problem][holding.where]
    if problem == "delay":
        over_h = max(0.0, hours - hazards()["usual_h"][holding.where]) * rates["hour"]
        beyond = Reason(kind="over", hours=round(over_h, 1))
        return over_h, [*because, beyond] if over_h else because
    met = [one for one in anomalies if _meets(one, holding, window)]
    sensed = [
        Reason(kind="sensed", rule=kind, source=source)
        for kind, source in dict.fromkeys((one.kind, one.source) for one in met)
        if kind in hazards()["evidence"][problem]
    ]
    if problem == "temperature" and any(one.kind == _WARM for one in anomalies):
        # It was measured, so nobody has to guess: who held it while it was warm, for how long.
        return _warm_h(met, holding, window), [*because, *sensed]
    touched = sum(one.event in holding.events and window.holds(at_of(one)) for one in nodes)
    weight = rates["handling"] * max(1, touched) + rates["hour"] * hours
    for one in sensed:
        weight *= hazards()["evidence"][problem][one.rule]
    handled = [Reason(kind="handled", times=touched)] if touched else []
    return weight, [*because, *handled, *sensed]


def _warm_h(anomalies: Sequence[Anomaly], holding: Holding, window: Window) -> float:
    """Hours of a holding in which it was measured to be too warm, or too cold."""
    total = 0.0
    for one in anomalies:
        if one.kind == _WARM:
            ends = (one.until, holding.until, window.ended.at)
            end = min((end for end in ends if end is not None), default=one.since)
            # A single sample lasts no time, and still was measured.
            total += max((end - max(one.since, holding.since)).total_seconds(), 1.0)
    return total / HOUR_S


def _meets(anomaly: Anomaly, holding: Holding, window: Window) -> bool:
    """Whether it was sensed while this holder had it, inside the window."""
    since, until = anomaly.since, anomaly.until
    ended = window.ended.at if until is None else until
    begins_in_time = holding.until is None or since < holding.until
    if ended is None or ended == since:  # a moment
        return begins_in_time and since >= holding.since and window.holds(since)
    began = window.began.at
    return (
        begins_in_time
        and ended > holding.since
        and (began is None or ended > began)
        and (window.ended.at is None or since <= window.ended.at)
    )
