"""What can be asked: a road by its number, many at once. A read folds the road itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from milepost.domain.alert import DEFAULT_POLICY, Finding, Policy
from milepost.domain.care import Limits
from milepost.domain.event import Event, key_of
from milepost.domain.scan import Facts
from milepost.domain.track import Forecast, Track
from milepost.engine.answers import Answer, Answers, Question
from milepost.engine.belonging import Belonging
from milepost.engine.elsewhere import Elsewhere
from milepost.engine.policies import PolicyOf
from milepost.engine.ports import Ledger
from milepost.engine.prospects import Prospects
from milepost.engine.redact import restored
from milepost.engine.resolve import BadScanError, checked_number
from milepost.engine.rows import FactRow, Link
from milepost.engine.secondlook import Looked
from milepost.engine.shard import Shard
from milepost.engine.turnstile import Turnstile
from milepost.engine.unfold import Boxes, unfold
from milepost.engine.wholes import Wholes
from milepost.rules.care import Cares, all_care


class Sealed(Protocol):
    """History that has left the hot store."""

    async def events(self, tenant: int, parcels: Sequence[int]) -> list[Event]: ...


class Queries(Belonging, Prospects):
    """Answers about roads. Every question names the tenant that asks."""

    def __init__(
        self,
        shard: Shard,
        ledger: Ledger,
        now_us: Callable[[], int],
        synthetic: Callable[[int], bool] = lambda _: False,
        policy_of: PolicyOf = lambda _tenant, _road: DEFAULT_POLICY,
        sealed: Sealed | None = None,
        owns: Callable[[int], bool] = lambda _: True,
        answers: Answers | None = None,
        elsewhere: Elsewhere | None = None,
        turnstile: Turnstile | None = None,
    ) -> None:
        """`answers`: where ready ones are kept; None if changes elsewhere could make them wrong.
        `elsewhere`: who judges roads that we do not own. `turnstile`: what gives way to questions.
        """
        Belonging.__init__(self, shard, ledger, owns, answers)
        Prospects.__init__(self, now_us)
        self._synthetic = synthetic
        self._policy_of = policy_of
        self._sealed = sealed
        self._elsewhere = elsewhere
        self._turnstile = turnstile or Turnstile()
        # Findings of a road by judges that see more than its state; the desk's.
        self.others: Callable[[int], list[Finding]] = lambda _: []
        # Limits of one shipment (tenant, number) in place of its category's; the sensors'.
        self.limits_over: Callable[[int, str, Limits], Limits] = lambda _, __, cared: cared
        # What categories need, as a tenant has it; set by whoever keeps that.
        self.cares_of: Callable[[int], Cares] = lambda _: all_care()
        self._wholes = Wholes(shard, ledger, self._links_beside, self._since)

    async def track(self, tenant: int, number: str, *, private: bool = False) -> Track | None:
        """The whole road of a number, or None where nothing is known. Raises BadScanError."""
        answer = await self.answer(tenant, number, private=private)
        return None if answer is None else answer.track

    async def answer(self, tenant: int, number: str, *, private: bool = False) -> Answer | None:
        """The same, from those kept ready where that is right."""
        question = Question(tenant, checked_number(number), private)
        now_s = self._now_us() // 1_000_000
        kept = self._answers.find(question, now_s) if self._answers is not None else None
        if kept is not None:
            return kept
        self._turnstile.asked()
        try:
            return await self._fresh(question, now_s)
        finally:
            self._turnstile.answered()

    async def find(self, tenant: int, name: str, *, private: bool = False) -> Answer | None:
        """The road of a tracking number, or of the first shipment of an order, by its number.
        Raises BadScanError for what can be neither.
        """
        refused = None
        try:
            found = await self.answer(tenant, name, private=private)
        except BadScanError as error:
            found, refused = None, error
        found = found or await self._of_order(tenant, name.strip(), private)
        if found is None and refused is not None:
            raise refused
        return found

    async def _of_order(self, tenant: int, order_number: str, private: bool) -> Answer | None:
        numbers = await self.shipments_of(tenant, order_number)
        first = await self.answer(tenant, numbers[0], private=private) if numbers else None
        if first is None or len(numbers) == 1:
            return first
        return Answer(replace(first.track, of_order=numbers), (), first.until_s)

    async def _fresh(self, question: Question, now_s: int) -> Answer | None:
        """An answer that is read now, and kept where that is right."""
        links = self.links_of(question.tenant, question.number)
        if self._answers is None:
            track = await self._read(question, links, now_s)
            return None if track is None else Answer(track, (), now_s)
        own = key_of(question.tenant, question.number)
        reading = self._answers.begin([own, *(one for li in links for one in (li.parcel, li.road))])
        track = None
        try:
            track = await self._read(question, links, now_s)
        finally:
            answer = self._answers.end(reading, question, track, now_s)
        return answer

    async def track_then(
        self, tenant: int, number: str, until_us: int, *, private: bool = False
    ) -> Track | None:
        """The road as it was known at a moment, of what came later nothing. Raises BadScanError."""
        question = Question(tenant, checked_number(number), private)
        links = self.links_of(tenant, question.number)
        return await self._read(question, links, until_us // 1_000_000, until_us)

    async def _read(
        self, question: Question, links: list[Link], now_s: int, until_us: int | None = None
    ) -> Track | None:
        tenant, number, private = question
        parcels = [link.parcel for link in links] or [key_of(tenant, number)]
        events, told, sealed = await self._told(question, parcels)
        facts = [row.facts for row in told]
        if until_us is not None:
            events = [event for event in events if event.received_us <= until_us]
            facts = [row.facts for row in told if row.observed_us <= until_us]
        if not events and not links and not facts:
            return None
        policy, others = await self._judged(tenant, parcels, events, facts, now_s)
        folded = Boxes(number, events, links, facts)
        track = unfold(
            number,
            events,
            links,
            facts,
            shipment=links[0].shipment if links else parcels[0],
            now_s=now_s,
            policy=policy,
            synthetic=self._synthetic(tenant),
            private=private,
            sealed=sealed,
            others=others,
            notices=self._notices(tenant, events, facts, now_s),
            limits_over=partial(self.limits_over, tenant, number),
            cares=self.cares_of(tenant),
            folded=folded,
        )
        if until_us is not None:
            return track
        road = min(self._roads(parcels))
        return await self._foreseen(tenant, track, folded.wholes(), now_s, road)

    async def forecasts(self, tenant: int, number: str) -> list[Forecast]:
        """Every arrival window of a number's shipment, oldest first. Raises BadScanError."""
        question = Question(tenant, checked_number(number), private=False)
        links = self.links_of(tenant, question.number)
        parcels = [link.parcel for link in links] or [key_of(tenant, question.number)]
        events, told, _ = await self._told(question, parcels)
        folded = Boxes(question.number, events, links, [row.facts for row in told])
        now_s, road = self._now_us() // 1_000_000, min(self._roads(parcels))
        return await self._forecasts(tenant, folded.wholes(), now_s, road)

    async def _told(
        self, question: Question, parcels: Sequence[int]
    ) -> tuple[list[Event], list[FactRow], bool]:
        """All that is on record of some parcels, and whether all of it is sealed."""
        tenant, _, private = question
        # Where the journal has nothing of them, a day ahead of all days leaves only the facts.
        since = self._since(parcels) or date.max
        rows, told = await self._ledger.road_and_facts(tenant, parcels, since, private)
        events = [row.event for row in rows]
        old = await self._sealed.events(tenant, parcels) if self._sealed is not None else []
        if not old:
            return events, told, False
        if private:
            said = await self._ledger.verbatim(tenant, parcels)
            old = [restored(event, said.get(event.fingerprint)) for event in old]
        known = {event.fingerprint: event for event in old + events}
        return list(known.values()), told, not events

    async def _judged(
        self,
        tenant: int,
        parcels: Sequence[int],
        events: Sequence[Event],
        facts: Sequence[Facts],
        now_s: int,
    ) -> tuple[Policy, list[Finding]]:
        """By which policy the rules look at a road, and what other judges have found of it."""
        roads = self._roads(parcels)
        mine = [one for road in roads if self._owns(road) for one in self.others(road)]
        foreign = [road for road in roads if not self._owns(road)]
        if self._elsewhere is None or not foreign:
            return self._policy_of(tenant, self._shard.road_of(parcels[0])), mine
        policy = self._elsewhere.policy(tenant, events, facts, self.notices, now_s)
        return policy, [*mine, *await self._elsewhere.findings(foreign)]

    async def wholes(self, roads: Sequence[int]) -> dict[int, Looked]:
        """These roads with all that was said of them, for rules over the whole road."""
        return await self._wholes.of(roads)

    async def track_many(
        self, tenant: int, numbers: Sequence[str], *, private: bool = False
    ) -> Mapping[str, Track]:
        """The roads that are known, by the number as asked."""
        found: dict[str, Track] = {}
        for number in numbers:
            track = await self.track(tenant, number, private=private)
            if track is not None:
                found[number] = track
        return found
