"""How a table learns: a quote is kept when a shipment begins, judged when it is delivered.

Nothing is learned before it is known: `learn` takes roads in the order of their delivery, `refresh`
the open ones. Call `refresh` as often as the world may change: hourly or daily.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from milepost.eta.accuracy import groups
from milepost.eta.facts import DAY_US, Facts, Road
from milepost.eta.milestones import Reached, lasted, reached
from milepost.eta.ports import Situation
from milepost.eta.stages import CREATED, one_standing
from milepost.eta.table import Table, choose, forecasts, record_of

_AT_START = Situation(CREATED, 0.0, 0.0)


class Quote(Struct, frozen=True, gc=False):
    """What was said when the shipment began: days before and after calibration, and each median;
    and what was said at the milestones that it has reached since.
    """

    facts: Facts
    predictor: str
    days: tuple[float, float, float]
    told: tuple[float, float, float]
    medians: tuple[tuple[str, float], ...]
    reached: tuple[Reached, ...] = ()


def quote(facts: Facts, table: Table) -> Quote:
    """To be kept with the shipment until it is delivered."""
    name, told = choose(facts, _AT_START, table)
    medians = tuple((name, one.p50) for name, one in forecasts(facts, _AT_START, table))
    days = told.p10, told.p50, told.p90
    low, middle, high = table.calibration.factors(facts, name)
    stretched = days[0] * low, days[1] * middle, days[2] * high
    return Quote(facts, name, days, stretched, medians)


def follow(road: Road, quoted: Quote, table: Table) -> Quote:
    """The road has been scanned: what is said at a new milestone is kept as well."""
    found = reached(road, quoted.reached, table)
    return quoted if found == quoted.reached else replace(quoted, reached=found)


def learn(road: Road, quoted: Quote | None, table: Table) -> None:
    """A road was delivered: lanes, promises, accuracy and calibration learn from it."""
    if road.delivered_us is None:
        return
    days = (road.delivered_us - road.facts.created_us) / DAY_US
    if days < 0:
        return
    _judge_a_scan(road, table)
    stones = reached(road, quoted.reached if quoted is not None else (), table)
    table.lanes.learn(road)
    table.promise.learn(road)
    known_day = road.delivered_us / DAY_US
    for stone in stones:
        rest = lasted(stone, road.delivered_us)
        table.calibration.learn(road.facts, stone.record, stone.days, rest, known_day)
    if quoted is None:
        return
    for name, median in quoted.medians:
        table.accuracy.learn(road.facts, name, median, days)
    for group in groups(road.facts)[:2]:
        table.drift.learn(group, quoted.told[1], quoted.told[2], days)
    table.calibration.learn(road.facts, quoted.predictor, quoted.days, days, known_day)


def _judge_a_scan(road: Road, table: Table) -> None:
    """What each predictor would have said at one of the road's scans, before it teaches."""
    standing = one_standing(road)
    if standing is None or road.delivered_us is None:
        return
    at_us, where = standing
    rest = (road.delivered_us - at_us) / DAY_US
    for name, told in forecasts(road.facts, where, table):
        record = record_of(name, where.stage)
        table.accuracy.learn(road.facts, record, told.p50 - where.scanned, rest)


def refresh(open_roads: Iterable[tuple[Road, Quote | None]], now_us: int, table: Table) -> None:
    """The roads that are open now; after it, answers rest on everything learned so far."""
    deque(refreshing(list(open_roads), now_us, table), maxlen=0)


def refreshing(
    cases: Sequence[tuple[Road, Quote | None]], now_us: int, table: Table
) -> Iterator[None]:
    """`refresh` in small steps, for who has more to do than this."""
    yield from table.lanes.refreshing((road for road, _ in cases), now_us)
    table.promise.settle(now_us)
    table.accuracy.settle()
    yield from table.calibration.refreshing(_still_open(cases, now_us), now_us / DAY_US)


def _still_open(
    cases: Sequence[tuple[Road, Quote | None]], now_us: int
) -> Iterator[tuple[Facts, str, tuple[float, float, float], float]]:
    for road, quoted in cases:
        if quoted is not None:
            days = (now_us - road.facts.created_us) / DAY_US
            yield road.facts, quoted.predictor, quoted.days, days
            for stone in quoted.reached:
                yield road.facts, stone.record, stone.days, lasted(stone, now_us)
