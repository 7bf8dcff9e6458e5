"""What was said of a shipment as it reached each milestone, kept until it arrives.

What is said on the way is kept better or worse than what is said at the beginning, so it is judged
by a record of its own: by predictor and stage.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from milepost.eta.estimate import since
from milepost.eta.facts import DAY_US, Facts, Road, Seen
from milepost.eta.stages import CREATED, ENDED, anchors, believable, situation
from milepost.eta.table import Table, choose

_ALWAYS_US = 1 << 62


class Reached(Struct, frozen=True, gc=False):
    """A stage as it began for the first time, and what was said then: `days` from there, before
    calibration; `record` is under which name it is judged.
    """

    stage: str
    at_us: int
    record: str
    days: tuple[float, float, float]


def reached(road: Road, known: Sequence[Reached], table: Table) -> tuple[Reached, ...]:
    """Of each stage that the road has come to; asked of the table where `known` does not have it.

    The same events give the same stages in whatever order they came: what was said of a stage that
    began at another time, as is known by now, is said anew.
    """
    end_us = _ALWAYS_US if road.delivered_us is None else road.delivered_us - 1
    events = [one for one in believable(road.facts, road.events, end_us) if one.main not in ENDED]
    first: dict[str, int] = {}
    for stage, at_us in anchors(road.facts, events):
        first.setdefault(stage, at_us)
    kept = {(one.stage, one.at_us): one for one in known}
    return tuple([
        kept.get(begun) or _said(road.facts, events, begun, table)
        for begun in first.items() if begun[0] != CREATED
    ])  # fmt: skip


def _said(facts: Facts, events: Sequence[Seen], begun: tuple[str, int], table: Table) -> Reached:
    stage, at_us = begun
    until = [one for one in events if one.occurred_us <= at_us]
    where, begun_us = situation(facts, until, at_us)
    name, told = choose(facts, where, table)
    return Reached(stage, begun_us, since(name, stage), (told.p10, told.p50, told.p90))


def lasted(one: Reached, until_us: int) -> float:
    """Days since then."""
    return (until_us - one.at_us) / DAY_US
