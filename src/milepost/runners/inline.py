"""All rooms in one process, over a ledger. Loads what is known, then keeps house."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

import structlog

from milepost.domain.scan import Facts
from milepost.engine.announce import Audience
from milepost.engine.answers import Answers
from milepost.engine.clockwork import Clockwork
from milepost.engine.commit import Committer
from milepost.engine.desk import Desk
from milepost.engine.journey import Journey
from milepost.engine.live import Live
from milepost.engine.notices import NoticeRow
from milepost.engine.policies import PLAIN, Policies, TenantPolicy
from milepost.engine.ports import (
    AlertChange,
    CarrierTables,
    FactRow,
    Group,
    Ledger,
    Link,
    ShipmentRow,
)
from milepost.engine.queries import Queries
from milepost.engine.rawids import RawIds
from milepost.engine.readmodel import ReadModel
from milepost.engine.register import Registrar
from milepost.engine.resolve import Resolver
from milepost.engine.resting import Resting
from milepost.engine.secondlook import SecondLook
from milepost.engine.shard import Dirty, Shard
from milepost.engine.wheel import BUCKET_S
from milepost.rules import all_rules
from milepost.runners.peers import Peers
from milepost.runners.sealing import Archive, SealedRoads, Sealing
from milepost.runners.wire import Absorb, Done, Interest, Joined, Message, Touched, Walk

log = structlog.get_logger()
# So many events wait for a commit only where senders are ahead of the disk.
PRESSED = 1_000


def clock_us() -> int:
    """Now, in microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


class Inline:
    """One shard with everything around it."""

    def __init__(
        self,
        ledger: Ledger,
        tables: CarrierTables,
        *,
        number: int = 0,
        now_us: Callable[[], int] = clock_us,
        policies: Policies | None = None,
        synthetic: Callable[[int], bool] = lambda _: False,
        peers: Peers | None = None,
        archive: Archive | None = None,
    ) -> None:
        self._peers = peers
        self._number = number
        self._archive = archive
        self.ledger = ledger
        self.now_us = now_us
        self.policies = policies or Policies()
        self.shard = Shard(self.policies)
        self.resting = Resting(self.shard, archive.closing.states) if archive else None
        sealed = SealedRoads(archive.history) if archive else None
        self.audience = Audience()
        self.live = Live(peers.interest if peers else None)
        self.announced = asyncio.Event()
        # Facts that another process writes would not be heard of here.
        self.answers = Answers() if peers is None else None
        self.committer = Committer(ledger, number, self._after_commit)
        self.journey = Journey(
            self.shard, Resolver(tables), self.committer, RawIds(ledger.reserve_raw_ids),
            self.audience, now_us, peers, self.resting.wake if self.resting else None,
            redacts=ledger.keeps_verbatim,
        )  # fmt: skip
        self.queries = Queries(
            self.shard, ledger, now_us, synthetic=synthetic, policy_of=self.policies, sealed=sealed,
            owns=self._owns, answers=self.answers,
        )  # fmt: skip
        self.desk = Desk(self.shard, self.committer, self.audience, now_us)
        self.queries.others = self.desk.of
        self.second_look = SecondLook(
            self.queries.wholes, self.desk, self.policies, self.shard.road_of, now_us
        )
        self.registrar = Registrar(ledger, self.journey, self.queries, self._join)
        self.read_model = ReadModel(self.shard, ledger, number, self.committer.ticket)
        self.clockwork = Clockwork(
            self.shard, self.committer, ledger, self.audience, now_us, self._excuse
        )
        self.sealing = self._sealing()
        # Told of every group once it is durable; must return at once.
        self.after_commit: list[Callable[[Group], None]] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Load the live roads, replay what the read model lacks, and begin."""
        await self._load()
        work = (
            self.committer.run(), self.read_model.run(), self.clockwork.run(),
            self.second_look.run(),
        )  # fmt: skip
        self._tasks = [asyncio.create_task(one) for one in work]
        if self.sealing is not None:
            self._tasks.append(asyncio.create_task(self.sealing.run()))
        if self._peers is not None:
            self._server = await self._peers.serve(self._handle)

    async def stop(self) -> None:
        """Let what was taken become durable, bring the read model up to date, and end."""
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks[1:], return_exceptions=True)
        with suppress(ConnectionError):
            await self.read_model.cycle(hurry=True)
        await self.committer.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._archive is not None:
            self._archive.history.close()

    def _sealing(self) -> Sealing | None:
        if self._archive is None or self.resting is None:
            return None
        return Sealing(self.shard, self.resting, self._archive, self.now_us, owns=self._owns)

    async def _load(self) -> None:
        shards = self._peers.number if self._peers is not None else 1
        since = await self.ledger.begin_checkpoint(self._number, shards)
        if self.sealing is not None:
            await self.sealing.load()
        links = await self.ledger.links()
        self.queries.learn(links)
        self.shard.links = {link.parcel: link for link in links}
        await self.learn_facts()
        for tenant in self.policies.with_exceptions():
            await self.learn_facts(tenant)
        await self._load_shipments()
        replayed = await self._replay(since)
        self.shard.open = {}  # what the replay opened is only a guess at what was written
        await self._load_alerts()
        self._settle_joined()
        self.wind()  # from then on the wheel knows
        log.info("loaded", roads=len(self.shard.states), replayed=replayed)

    def _settle_joined(self) -> None:
        """What a crash left half joined."""
        left = set(self.read_model.gone)
        for parcel, link in self.shard.links.items():
            self._clear_joined(link)
            if parcel in left and link.road in self.shard.states:
                self._look(link.road)

    async def _load_alerts(self) -> None:
        own = all_rules()
        for road, finding in await self.ledger.open_alerts():
            if not self._owns(self.shard.road_of(road)):
                continue
            if finding.rule in own:
                self.shard.open.setdefault(road, {})[finding.rule] = finding.since_s
            else:
                self.desk.load(road, finding)
        self.second_look.ask([*self.desk.standing, *self.policies.roads()])

    async def _load_shipments(self) -> None:
        async for rows in self.ledger.all_shipments():
            for row in rows:
                road = self.shard.road_of(row.id)
                if self._owns(road):
                    self.shard.absorb(road, row.state)
                    self._learn_row(road, row)
                    if road != row.id:  # joined, but its own line was still there at the crash
                        self.read_model.gone.append(row.id)

    async def learn_facts(self, tenant: int | None = None) -> None:
        """What is known of shipments beyond their scans, for the policies; of one tenant or all."""
        async for facts in self.ledger.all_facts(tenant):
            for fact in facts:
                self._learn(fact)

    async def hold(self, tenant: int, policy: TenantPolicy) -> None:
        """A tenant's policy from now on, for the roads that are known too."""
        self.policies.set(tenant, policy)
        await self.learn_facts(tenant)
        if self.policies.asks_for_carrier(tenant):
            await self.read_model.cycle(hurry=True)
            async for rows in self.ledger.all_shipments():
                for row in rows:
                    if row.tenant == tenant:
                        self._learn_row(self.shard.road_of(row.id), row)
        if self.answers is not None:
            self.answers.clear()
        self.wind()

    def heed(self, notices: Iterable[NoticeRow]) -> None:
        """These notices hold from now on: what they excuse is cleared soon."""
        self.queries.notices.set(notices)
        if self.answers is not None:
            self.answers.clear()
        self.wind(self.shard.open)

    async def _excuse(self, names: Mapping[int, tuple[int, str]]) -> None:
        notices = self.queries.notices
        asked = [road for road, (tenant, _) in names.items() if tenant in notices]
        if not asked:
            return
        now_s = self.now_us() // 1_000_000
        for road, looked in (await self.queries.wholes(asked)).items():
            self.policies.excuse(road, notices.grace_s(looked.tenant, looked.whole, now_s))

    def _learn_row(self, road: int, row: ShipmentRow) -> None:
        if row.carrier and self.policies.asks_for_carrier(row.tenant):
            self.policies.learn(row.tenant, road, Facts(number=row.number, carrier=row.carrier))

    def _cared_for(self, fact: FactRow) -> Iterable[int]:
        road = self.shard.road_of(fact.parcel)
        return [road] if self.policies.profile(road) is not PLAIN and self._owns(road) else []

    def _learn(self, fact: FactRow) -> list[int]:
        """The roads that another policy holds for now."""
        link = self.shard.links.get(fact.parcel)
        roads = self.queries.roads_beside(link) if link is not None else {fact.parcel}
        mine = (road for road in roads if self._owns(road))
        return [road for road in mine if self.policies.learn(fact.tenant, road, fact.facts)]

    def _learn_carriers(self, group: Group) -> None:
        for row in group.rows:
            body = row.event.body
            if body.carrier and self.policies.asks_for_carrier(row.tenant):
                facts = Facts(number=body.number, carrier=body.carrier)
                fact = FactRow(row.event.parcel, row.tenant, 0, body.source, facts)
                self.wind(self._learn(fact))

    def wind(self, roads: Iterable[int] | None = None) -> None:
        """Look at these roads (or at all) soon, spread over some minutes."""
        now_s = self.now_us() // 1_000_000
        for index, road in enumerate(self.shard.states if roads is None else roads):
            self.shard.wheel.put(road, now_s - BUCKET_S + index // 200)

    async def _replay(self, since: int) -> int:
        """Events that were committed after the read model's checkpoint."""
        count = 0
        now_s = self.now_us() // 1_000_000
        async for rows in self.ledger.journal_since(since):
            # What was written is not written again; only memory and the read model follow.
            mine = [row for row in rows if self._owns(self.shard.road_of(row.event.parcel))]
            numbered = list(enumerate(mine))
            if self.resting is not None:
                await self.resting.wake(numbered)
            outcome = self.shard.process(numbered, now_s, Group())
            count += outcome.accepted
        return count

    def meters(self) -> dict[str, float]:
        """Counters and gauges of this process, by name."""
        return {
            "events_accepted_total": self.journey.accepted,
            "events_duplicate_total": self.journey.duplicates,
            "events_waiting": self.committer.waiting,
            "commits_total": self.committer.commits,
            "commit_seconds_total": self.committer.busy_s,
            "roads_live": len(self.shard.states),
            "roads_resting": len(self.resting.keys) if self.resting else 0,
            "roads_behind": len(self.shard.dirty),
            "live_listeners": len(self.live),
        }

    @property
    def pressed(self) -> bool:
        """Whether scans come in so fast that work which can wait should."""
        return self.committer.waiting > PRESSED

    def owns(self, road: int) -> bool:
        """Whether this process holds the state of a road."""
        return self._owns(road)

    def _owns(self, road: int) -> bool:
        return self._peers is None or self._peers.owner_of(road) == self._peers.me

    async def _join(self, links: Sequence[Link]) -> None:
        """Numbers belong together: here, and at every other shard."""
        await self._join_here(links)
        if self._peers is not None:
            await self._peers.join(links)

    async def _join_here(self, links: Sequence[Link]) -> None:
        self.queries.learn(links)
        for link, state in self.shard.join(links):
            self._clear_joined(link)
            if self._owns(link.road):
                self._absorb(link, state)
            elif self._peers is not None:
                await self._peers.absorb(link, state)
        for road in {link.road for link in links if link.road in self.shard.states}:
            self._look(road)
        # Who listens to one of the numbers must hear of the others too from now on.
        self.live.publish([link.parcel for link in links])

    def _clear_joined(self, link: Link) -> None:
        """The alerts of a road that is no longer one of its own: the whole road's count now."""
        if link.parcel == link.road:
            return
        now_s = self.now_us() // 1_000_000
        for rule in self.shard.open.pop(link.parcel, ()):
            gone = AlertChange(link.tenant, link.parcel, link.number, rule, None, now_s)
            self.committer.filling.alerts.append(gone)
            self.committer.ticket()

    def _absorb(self, link: Link, state: bytes) -> None:
        self.shard.absorb(link.road, state)
        # Its own line goes once that of the road has been written, in this order.
        self.read_model.gone.append(link.parcel)
        self._look(link.road)

    def _look(self, road: int) -> None:
        head = self.shard.links[road]
        now_us = self.now_us()
        what = Dirty(head.tenant, head.number, head.carrier, None, now_us)
        self.shard.dirty.setdefault(road, what)
        group = self.committer.filling
        self.shard.look(head.tenant, road, head.number, now_us // 1_000_000, group)
        self.committer.ticket()

    async def _handle(self, message: Message) -> Done:
        """What another shard asks of us."""
        receipt = None
        match message:
            case Walk(rows=rows, received_us=received_us):
                receipt = await self.journey.take_rows(rows, received_us)
            case Joined(links=links):
                await self._join_here(links)
            case Absorb(link=link, state=state):
                self._absorb(link, state)
            case Interest(sender=sender, some=some):
                assert self._peers is not None
                change = self._peers.interested.add if some else self._peers.interested.discard
                change(sender)
            case Touched(roads=roads):
                self.live.publish(roads)
        return Done(message.id, receipt)

    def _after_commit(self, group: Group, _: int) -> None:
        for fact in group.facts:
            self.wind(self._learn(fact))
            self.second_look.ask(self._cared_for(fact))
        if self.policies.carriers_matter:
            self._learn_carriers(group)
        if self.policies.excused:
            roads = [self.shard.road_of(row.event.parcel) for row in group.rows]
            self.wind(self.policies.moved(roads))
        self.second_look.note(group)
        if self.answers is not None:
            self.answers.forget(group.touched)
            self.answers.forget(fact.parcel for fact in group.facts)
        self.live.publish(group.touched)
        if self._peers is not None and self._peers.interested and group.touched:
            self._peers.touched(group.touched)
        if group.outbox:
            self.announced.set()
        for told in self.after_commit:
            try:
                told(group)
            except Exception as error:  # one feature's fault is not the others'
                log.exception("after_commit_failed", who=repr(told), error=repr(error))
