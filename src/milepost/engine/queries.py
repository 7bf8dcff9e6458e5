"""What can be asked: a road by its number, many at once. A read folds the road itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Protocol

import msgspec

from milepost.domain.alert import DEFAULT_POLICY, Finding, Policy
from milepost.domain.care import Limits
from milepost.domain.event import Event, key_of
from milepost.domain.scan import Facts
from milepost.domain.track import Coming, Foreseen, NoticeView, Track
from milepost.domain.whole import Whole
from milepost.engine.answers import Answer, Answers, Question
from milepost.engine.elsewhere import Elsewhere
from milepost.engine.foreseen import arrival
from milepost.engine.foresight import Foresight
from milepost.engine.notices import Notices, shown, spot_of
from milepost.engine.policies import PolicyOf
from milepost.engine.ports import Ledger, Link
from milepost.engine.readmodel import first_day
from milepost.engine.redact import restored
from milepost.engine.resolve import checked_number
from milepost.engine.roads import Ahead, Roads, coming
from milepost.engine.secondlook import Looked
from milepost.engine.shard import Shard
from milepost.engine.unfold import Boxes, unfold, whole_of
from milepost.engine.wholes import Wholes


class Sealed(Protocol):
    """History that has left the hot store."""

    async def events(self, tenant: int, parcels: Sequence[int]) -> list[Event]: ...


class Queries:
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
    ) -> None:
        """`answers`: where ready ones are kept; None if changes elsewhere could make them wrong.
        `elsewhere`: who judges roads that we do not own.
        """
        self._shard = shard
        self._ledger = ledger
        self._now_us = now_us
        self._synthetic = synthetic
        self._policy_of = policy_of
        self._sealed = sealed
        self._owns = owns
        self._answers = answers
        self._elsewhere = elsewhere
        # Findings of a road by judges that see more than its state; the desk's.
        self.others: Callable[[int], list[Finding]] = lambda _: []
        # Limits of one shipment (tenant, number) in place of its category's; the sensors'.
        self.limits_over: Callable[[int, str, Limits], Limits] = lambda _, __, cared: cared
        self.notices = Notices()
        self.foresight: Foresight | None = None
        self.roads: Roads | None = None
        self._shipments: dict[int, list[Link]] = {}
        self._wholes = Wholes(shard, ledger, self._links_beside, self._since)

    def learn(self, links: Sequence[Link]) -> None:
        """Know that numbers belong together."""
        for link in links:
            known = self._shipments.setdefault(link.shipment, [])
            known[:] = [one for one in known if one.number != link.number] + [link]
        if self._answers is not None:
            self._answers.forget(one for li in links for one in (li.parcel, li.road, li.shipment))

    def forget(self, tenant: int, number: str) -> None:
        """What is kept ready of a number is not right any more."""
        if self._answers is not None:
            self._answers.forget([key_of(tenant, number)])

    def links_of(self, tenant: int, number: str) -> list[Link]:
        """All numbers of the shipment that a number belongs to; empty if it stands alone."""
        link = self._shard.links.get(key_of(tenant, number))
        return [] if link is None else self._shipments.get(link.shipment, [])

    def roads_beside(self, link: Link) -> set[int]:
        """The roads of all boxes of a number's shipment."""
        return {one.road for one in self._links_beside(link)}

    def _links_beside(self, link: Link) -> Sequence[Link]:
        return self._shipments.get(link.shipment, [link])

    def roads_at(self, key: int) -> set[int]:
        """The roads of the shipment that a parcel's key belongs to."""
        link = self._shard.links.get(key)
        return {key} if link is None else self.roads_beside(link)

    def road_of(self, tenant: int, number: str) -> int:
        """The key under which listeners wait for changes of a number."""
        return self._shard.road_of(key_of(tenant, checked_number(number)))

    def roads_of(self, tenant: int, number: str) -> frozenset[int]:
        """The roads of all boxes of the shipment that a number belongs to, and its own key."""
        number = checked_number(number)
        roads = [link.road for link in self.links_of(tenant, number)]
        return frozenset([key_of(tenant, number), *roads])

    def number_of(self, tenant: int, shipment: int) -> str | None:
        """A tracking number of a shipment that has several, or was changed a moment ago."""
        known = self._shard.links.get(shipment) or self._shard.behind(shipment)
        return known.number if known is not None and known.tenant == tenant else None

    async def known(self, roads: Sequence[int], tenant: int | None = None) -> set[int]:
        """Those of the roads that have events already. Of another process's they may be so new that
        only the journal has them; there it is looked for if their tenant is named.
        """
        found = {road for road in roads if road in self._shard.states}
        foreign = [road for road in roads if not self._owns(road)]
        if foreign:
            found |= set(await self._ledger.names_of(foreign))
        missing = [road for road in foreign if road not in found]
        if missing and tenant is not None:
            rows = await self._ledger.road(tenant, missing, date(2000, 1, 1))
            found |= {row.event.parcel for row in rows}
        return found

    async def track(self, tenant: int, number: str, *, private: bool = False) -> Track | None:
        """The whole road of a number, or None where nothing is known. Raises BadScanError."""
        answer = await self.answer(tenant, number, private=private)
        return None if answer is None else answer.track

    async def answer(self, tenant: int, number: str, *, private: bool = False) -> Answer | None:
        """The same, from those kept ready where that is right."""
        question = Question(tenant, checked_number(number), private)
        links = self.links_of(tenant, question.number)
        now_s = self._now_us() // 1_000_000
        if self._answers is None:
            track = await self._read(question, links, now_s)
            return None if track is None else Answer(track, (), now_s)
        kept = self._answers.find(question, now_s)
        if kept is not None:
            return kept
        own = key_of(tenant, question.number)
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
        # Where the journal has nothing of them, a day ahead of all days leaves only the facts.
        since = self._since(parcels) or date.max
        rows, told = await self._ledger.road_and_facts(tenant, parcels, since, private)
        events, facts = [row.event for row in rows], [row.facts for row in told]
        sealed = False
        if self._sealed is not None:
            old = await self._sealed.events(tenant, parcels)
            if private and old:
                said = await self._ledger.verbatim(tenant, parcels)
                old = [restored(event, said.get(event.fingerprint)) for event in old]
            sealed = bool(old) and not events
            events = list({event.fingerprint: event for event in old + events}.values())
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
            folded=folded,
        )
        if until_us is not None:
            return track
        return self._foreseen(tenant, track, folded.wholes(), now_s)

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

    def _foreseen(self, tenant: int, track: Track, boxes: Sequence[Whole], now_s: int) -> Track:
        """With our own arrival window, where there is a past to go by: that of the last box."""
        if self.foresight is None or not any(one.events for one in boxes):
            return track
        delays = [self.notices.delay_s(tenant, one, now_s) for one in boxes]
        window = self.foresight.last_window(tenant, boxes, now_s * 1_000_000, delays)
        # A promise says more than a guess, until it is broken.
        promised = [due_s for one in boxes if (due_s := one.shipment.promised_s)]
        kept = track.promise is not None and max(promised, default=now_s) >= now_s
        if window is None or (window.guess and (kept or track.destination is None)):
            return track
        return msgspec.structs.replace(track, arrival=arrival(window, track.destination))

    def ahead(self, tenant: int, track: Track) -> list[Ahead]:
        """The road ahead of each box; none where no network is learned."""
        now_s = self._now_us() // 1_000_000
        return self.roads.ahead(tenant, track, now_s) if self.roads is not None else []

    def foreseen(self, tenant: int, track: Track) -> Track:
        """The same, and it can be asked for what lies ahead."""
        given = {name: getattr(track, name) for name in Track.__struct_fields__}
        return Foreseen(**given, ahead=partial(self._coming, tenant, track))

    def _coming(self, tenant: int, track: Track) -> Sequence[Coming]:
        found = self.ahead(tenant, track) if len(track.parcels) == 1 else []
        return coming(found[0]) if found else ()

    def _notices(
        self, tenant: int, events: Sequence[Event], facts: Sequence[Facts], now_s: int
    ) -> list[NoticeView]:
        if tenant not in self.notices:
            return []
        spot = spot_of(whole_of(events, facts))
        return shown(self.notices.touching(tenant, spot, now_s), now_s)

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

    async def numbers_of(self, tenant: int, order_number: str) -> list[str]:
        """The tracking numbers of an order."""
        return await self._ledger.numbers_of_order(tenant, order_number)

    def _roads(self, parcels: Sequence[int]) -> set[int]:
        return {self._shard.road_of(parcel) for parcel in parcels}

    def _since(self, parcels: Sequence[int]) -> date | None:
        """The day from which the journal has to be read; None where it has nothing of them."""
        roads = self._roads(parcels)
        if not all(self._owns(road) for road in roads):
            return date(2000, 1, 1)
        states = [self._shard.states[road] for road in roads if road in self._shard.states]
        return min((first_day(state) for state in states), default=None)
