"""When it comes, as far as the tenant's own past tells: tables that learn from delivered roads.

A road that is delivered is read whole, a moment later, and teaches its tenant's tables; an answer
is then a look-up. What was quoted when a shipment was announced is kept until it arrives, so that
the tables know how far their own words can be trusted.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from msgspec import Struct, field
from msgspec.structs import replace as replace_struct

from milepost.domain.event import is_status
from milepost.domain.settle import MAIN
from milepost.domain.status import BY_CODE
from milepost.domain.whole import Whole
from milepost.engine.foresight_facts import delivered_us, facts_of, heard_of, seen_of
from milepost.eta.boxes import last_of, lateness
from milepost.eta.drift import Drift
from milepost.eta.facts import DAY_US, Revised, Road, Window
from milepost.eta.lanes import LaneTable
from milepost.eta.learning import Quote, follow, learn, quote, refreshing
from milepost.eta.many import Asked, estimate_many
from milepost.eta.ports import Predictor
from milepost.eta.revising import Told, history, revised
from milepost.eta.risk import Silence, SilenceTable
from milepost.eta.table import Table

MOST_QUOTES = 200_000
MOST_LESSONS = 50_000
MOST_TAUGHT = 100_000
FORGET_US = 90 * DAY_US
# What fewer roads than this say, or with a tail so long, is told as the guess that it is.
FEWEST = 20.0
LONGEST_TAIL = 6
# Of a hundred such silences, two last so long.
ABNORMAL = 0.98
# Trained models over the lanes that a tenant's tables know.
Models = Callable[[LaneTable], Sequence[Predictor]]
_ENDED = {"delivered", "returned", "expired", "returning"}
ENDS = frozenset(code for code, one in BY_CODE.items() if one.main in _ENDED)


def no_models(_: LaneTable) -> Sequence[Predictor]:
    return ()


class Learned(Struct):
    """What one tenant's roads have taught."""

    table: Table = field(default_factory=Table)
    silence: SilenceTable = field(default_factory=SilenceTable)
    roads: int = 0
    fresh: int = 0  # roads learned since the last refresh
    lessons: deque[Road] = field(default_factory=lambda: deque(maxlen=MOST_LESSONS))


class Foresight:
    """Arrival windows and the odds of trouble. No I/O, no clock."""

    def __init__(self) -> None:
        self._learned: dict[int, Learned] = {}
        self._quotes: OrderedDict[int, tuple[int, Road, Quote]] = OrderedDict()
        self._taught: OrderedDict[int, None] = OrderedDict()
        self._models: Models = no_models

    def of(self, tenant: int) -> Learned:
        found = self._learned.get(tenant)
        if found is None:
            found = self._learned[tenant] = self._blank()
        return found

    @property
    def fresh(self) -> int:
        """Roads learned since the last refresh, of all tenants."""
        return sum(learned.fresh for learned in self._learned.values())

    def _blank(self) -> Learned:
        lanes = LaneTable()
        return Learned(table=Table(lanes=lanes, models=tuple(self._models(lanes))))

    def swap_models(self, models: Models) -> None:
        """Trained models from now on, or none; what was learned stays."""
        self._models = models
        for learned in self._learned.values():
            lanes = learned.table.lanes
            learned.table = replace(learned.table, models=tuple(models(lanes)))

    def lessons(self, tenant: int) -> list[Road]:
        """The newest roads that have taught a tenant's tables, for training."""
        return list(self.of(tenant).lessons)

    def open(self, tenant: int, road: int, whole: Whole) -> None:
        """A shipment has been announced: what we say of it now is kept."""
        facts = facts_of(whole)
        if facts is None or road in self._quotes or whole.shipment.main in _ENDED:
            return
        said = quote(facts, self.of(tenant).table)
        self._quotes[road] = (tenant, Road(facts=facts, events=seen_of(whole)), said)
        if len(self._quotes) > MOST_QUOTES:
            self._quotes.popitem(last=False)

    def follow(self, road: int, whole: Whole) -> None:
        """A shipment has been scanned: what we say at a new milestone is kept as well."""
        known = self._quotes.get(road)
        if known is not None:
            tenant, before, said = known
            now = Road(facts=before.facts, events=seen_of(whole))
            self._quotes[road] = tenant, now, follow(now, said, self.of(tenant).table)

    def learn(self, tenant: int, road: int, whole: Whole) -> None:
        """A road has ended; one that was delivered teaches, and once only."""
        facts = facts_of(whole)
        done_us = delivered_us(whole)
        kept = self._quotes.pop(road, None) if whole.shipment.main in _ENDED else None
        if facts is None or done_us is None or road in self._taught:
            return
        self._taught[road] = None
        if len(self._taught) > MOST_TAUGHT:
            self._taught.popitem(last=False)
        learned = self.of(tenant)
        told = Road(facts=facts, events=seen_of(whole), delivered_us=done_us)
        learn(told, kept[2] if kept else None, learned.table)
        learned.silence.learn_road(told)
        learned.lessons.append(told)
        learned.roads += 1
        learned.fresh += 1

    def refresh(self, now_us: int) -> None:
        """Let answers rest on all that was learned, and on what is still on the road."""
        deque(self.refreshing(now_us), maxlen=0)

    def refreshing(self, now_us: int) -> Iterator[None]:
        """`refresh` in small steps: there may be 200,000 roads to look at."""
        yield from self._forget(now_us - FORGET_US)
        cases = defaultdict[int, list[tuple[Road, Quote]]](list)
        for tenant, road, said in list(self._quotes.values()):
            cases[tenant].append((road, said))
            yield
        for tenant, learned in list(self._learned.items()):
            learned.fresh = 0
            mine = cases[tenant]
            yield from refreshing(mine, now_us, learned.table)
            yield from learned.silence.refreshing([road for road, _ in mine], now_us)

    def _forget(self, before_us: int) -> Iterator[None]:
        """Quotes of roads of which nobody will ever hear again."""
        while self._quotes and next(iter(self._quotes.values()))[1].facts.created_us < before_us:
            self._quotes.popitem(last=False)
            yield

    def window(self, tenant: int, whole: Whole, now_us: int, delay_s: int = 0) -> Window | None:
        """The window of a road that is not over; None where there is nothing to go by. `delay_s`:
        what notices say that it will take longer.
        """
        return self.windows([(tenant, whole, delay_s)], now_us)[0]

    def windows(self, asked: Sequence[tuple[int, Whole, int]], now_us: int) -> list[Window | None]:
        """The same of many roads with tenant and delay: trained models answer for all at once."""
        answer: list[Window | None] = [None] * len(asked)
        questions = defaultdict[int, dict[int, Asked]](dict)
        for index, (tenant, whole, delay_s) in enumerate(asked):
            facts = None if whole.shipment.main in _ENDED else facts_of(whole)
            if facts is not None:
                questions[tenant][index] = facts, seen_of(whole), delay_s * 1_000_000
        for tenant, mine in questions.items():
            told = estimate_many([*mine.values()], now_us, self.of(tenant).table)
            for index, window in zip(mine, told, strict=True):
                answer[index] = _told(window, now_us)
        return answer

    def last_window(
        self, tenant: int, boxes: Sequence[Whole], now_us: int, delays_s: Sequence[int]
    ) -> Window | None:
        """That of the last box on the road; a guess where one of them has not been scanned yet."""
        asked = [
            (tenant, one, delay_s)
            for one, delay_s in zip(boxes, delays_s, strict=True)
            if one.shipment.main not in _ENDED
        ]
        found = [
            (window, one) for window, one in zip(self.windows(asked, now_us), asked, strict=True)
            if window is not None
        ]  # fmt: skip
        window = last_of([one for one, _ in found], unseen=len(asked) - len(found))
        if window is None or window.guess:
            return window
        of_last, box = max(found, key=lambda pair: lateness(pair[0]))
        return replace_struct(window, revised=self._revised(box, now_us, of_last))

    def _revised(
        self, asked: tuple[int, Whole, int], now_us: int, window: Window
    ) -> Revised | None:  # fmt: skip
        tenant, whole, delay_s = asked
        facts, table = facts_of(whole), self.of(tenant).table
        if facts is None:
            return None
        return revised(facts, seen_of(whole), now_us, table, window, delay_s * 1_000_000)

    def history(self, tenant: int, whole: Whole, now_us: int, delay_s: int = 0) -> list[Told]:
        """Every window of a road until its end, oldest first, by what is known today."""
        facts, table = facts_of(whole), self.of(tenant).table
        if facts is None:
            return []
        if whole.shipment.main in _ENDED:
            now_us, delay_s = min(now_us, _end_us(whole)), 0
        told = history(facts, seen_of(whole), now_us, table, delay_s * 1_000_000)
        return [replace_struct(one, window=_sure(one.window, one.at_us)) for one in told]

    def drifts(self, tenant: int) -> list[Drift]:
        """Where the tenant's world has changed lately, the surest first."""
        return self.of(tenant).table.drift.alarms()

    @property
    def drifting(self) -> set[tuple[int, tuple[str, ...], str]]:
        """The tenant, group and kind of every drift."""
        return {
            (tenant, one.group, one.kind) for tenant in self._learned for one in self.drifts(tenant)
        }

    def has_taught(self, tenant: int) -> bool:
        """Whether any road of the tenant has."""
        learned = self._learned.get(tenant)
        return learned is not None and learned.roads > 0

    def longest_wait_s(self, tenant: int, whole: Whole) -> int | None:
        """How long such silences last, but for two of a hundred; None where too few are known."""
        facts = facts_of(whole)
        if facts is None:
            return None
        days = self.of(tenant).silence.longest_days(facts, heard_of(whole), ABNORMAL)
        return None if days is None else round(days * 86_400)

    def silence(self, tenant: int, whole: Whole, now_us: int) -> Silence | None:
        """How unusual a road's present silence is."""
        facts = facts_of(whole)
        if facts is None or whole.shipment.main in _ENDED:
            return None
        return self.of(tenant).silence.check(facts, heard_of(whole), now_us)


def _end_us(whole: Whole) -> int:
    """When the last of what ended a road began to stand, or its newest event."""
    events = [one for one in whole.events if is_status(one.code)]
    ends = list(takewhile(lambda one: MAIN[one.code] in _ENDED, reversed(events)))
    return (ends or events)[-1].at_us - bool(ends)


def _told(window: Window, now_us: int) -> Window | None:
    """As it may be said aloud. A delivery that was undone says nothing of the next one."""
    return None if window.predictor == "scan" else _sure(window, now_us)


def _sure(window: Window, now_us: int) -> Window:
    """A guess, where it is no more."""
    solid = window.guess or _solid(window, now_us)
    return window if solid else replace_struct(window, guess=True)


def _solid(window: Window, now_us: int) -> bool:
    """Whether enough is known to be said aloud: enough roads, and no tail into next year."""
    ahead_us = max(window.p50_us - now_us, DAY_US)
    return window.evidence >= FEWEST and window.p90_us - now_us <= LONGEST_TAIL * ahead_us
