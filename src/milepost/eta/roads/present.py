"""How facilities and edges are now, against what they usually are.

Parcels that are still there count as having stayed so long and longer. Of these and of those that
went on lately, as many should have gone on as their usual hazards add up to; where far fewer have,
it is slow. This is the one-sample log-rank test, with what is still there censored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from math import sqrt

from msgspec import Struct

from milepost.eta.roads.sketch import Dist, hazard, points, quantile
from milepost.eta.roads.times import Moment
from milepost.eta.roads.traffic import Span, Traffic, What

_HOUR_S = 3600
_SHORTEST_S, _LONGEST_S = 6 * _HOUR_S, 72 * _HOUR_S
_FEWEST_KNOWN = 20.0
_FEWEST_NOW = 5
_FEWEST_EXPECTED = 5.0
_SIGMAS = 3.0
_SLOW = 2.0
_MOST_TIMES = 10.0
# Silent for longer, it is a lost parcel and not the facility's doing.
_LOST_S = 7 * 24 * _HOUR_S
# One lost parcel must not make a whole facility slow.
_MOST_OF_ONE = 2.5


class State(Struct, frozen=True, kw_only=True):
    """A facility or an edge now. `here`: how many are there; `gone_on`: have, in the window;
    `expected`: should have. `times_pm`: it lasts so many thousandths of the usual.
    """

    what: What
    here: int
    gone_on: int
    expected: int
    times_pm: int
    slow: bool
    usual_p50_s: int
    since_s: int


class Closure(Struct, frozen=True, kw_only=True):
    """A facility that a notice closes; `until_s` is None where nobody has said."""

    node: str
    notice: int
    title: str
    until_s: int | None


class Present(Struct, frozen=True, kw_only=True):
    """What is out of the ordinary."""

    slow: Mapping[What, State] = {}
    closed: Mapping[str, Closure] = {}

    def same_as(self, other: Present) -> bool:
        """Whether roads that were judged by the other need no second thought."""
        return self.closed == other.closed and _coarse(self.slow) == _coarse(other.slow)


def _coarse(slow: Mapping[What, State]) -> dict[What, int]:
    return {what: state.times_pm // 1000 for what, state in slow.items()}


def slow_now(moment: Moment, traffic: Traffic) -> dict[What, State]:
    """All that is slow, by what it is: ("dwell", facility), ("held", …) or ("transit", a, b)."""
    return {state.what: state for state in slowing(moment, traffic) if state is not None}


def slowing(moment: Moment, traffic: Traffic) -> Iterator[State | None]:
    """The same in small steps; None for what is not slow. More may be learned in between."""
    for what, there in list(traffic.spans.items()):
        state = state_of(moment, what, there.values()) if _judged(moment, what, there) else None
        yield state if state is not None and state.slow else None


def _judged(moment: Moment, what: What, there: Mapping[tuple[int, int], Span]) -> bool:
    """A facility whose departures are scanned is judged by them, else by arrivals elsewhere."""
    if not _enough(there):
        return False
    if what[0] == "transit":
        return moment.evidence("transit/edge", *what[1:]) >= _FEWEST_KNOWN
    return family(moment, what[1]) == what[0]


def _enough(there: Mapping[tuple[int, int], Span]) -> bool:
    """Whether enough are there now. Thousands may be, and this is asked for every facility."""
    now = (until_s for _, until_s in there.values() if until_s is None)
    return sum(1 for _ in islice(now, _FEWEST_NOW)) >= _FEWEST_NOW


def family(moment: Moment, node: str) -> str | None:
    """By which stays a facility is judged; None where it is too little known."""
    held = moment.evidence("held/node", node)
    if held < _FEWEST_KNOWN:
        return None
    return "dwell" if moment.evidence("dwell/node", node) >= held / 2 else "held"


def state_of(moment: Moment, what: What, spans: Iterable[Span]) -> State | None:
    """How it is; None where nothing was there lately."""
    dist = _usual(moment, what)
    usual_s = quantile(points(dist), 500)
    window_s = min(max(4 * usual_s, _SHORTEST_S), _LONGEST_S)
    begun_s, oldest_s = moment.now_s - window_s, moment.now_s - max(window_s, _LOST_S)
    here = gone_on = 0
    expected = 0.0
    for from_s, until_s in spans:
        if from_s > moment.now_s:
            continue
        if until_s is not None and begun_s <= until_s <= moment.now_s:
            gone_on += 1
        elif (until_s is None or until_s > moment.now_s) and from_s >= oldest_s:
            here += 1
        else:
            continue
        age_s = min(until_s or moment.now_s, moment.now_s) - from_s
        expected += min(_MOST_OF_ONE, hazard(dist, max(0, age_s)))
    if not here and not gone_on:
        return None
    times = min(_MOST_TIMES, (expected + 1) / (gone_on + 1))
    return State(
        what=what, here=here, gone_on=gone_on, expected=round(expected),
        times_pm=round(1000 * times), slow=_slow(here, gone_on, expected), usual_p50_s=usual_s,
        since_s=begun_s,
    )  # fmt: skip


def _usual(moment: Moment, what: What) -> Dist:
    if what[0] == "transit":
        return moment.transit(what[1], what[2])
    return moment.dwell(what[1]) if what[0] == "dwell" else moment.held(what[1])


def _slow(here: int, gone_on: int, expected: float) -> bool:
    if here < _FEWEST_NOW or expected < _FEWEST_EXPECTED:
        return False
    if expected < _SLOW * max(gone_on, 1):
        return False
    return (expected - gone_on) / sqrt(expected) >= _SIGMAS
