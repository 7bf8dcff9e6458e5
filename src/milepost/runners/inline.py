"""All rooms in one process, over a ledger. Loads what is known, then keeps house."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from milepost.engine.aftermath import Aftermath
from milepost.engine.announce import Audience
from milepost.engine.answers import Answers
from milepost.engine.clockwork import Clockwork
from milepost.engine.commit import Committer
from milepost.engine.desk import Desk
from milepost.engine.elsewhere import Elsewhere
from milepost.engine.following import Followed
from milepost.engine.journey import Journey
from milepost.engine.live import Live
from milepost.engine.policies import Policies
from milepost.engine.ports import CarrierTables, Ledger
from milepost.engine.queries import Queries
from milepost.engine.rawids import RawIds
from milepost.engine.readmodel import ReadModel
from milepost.engine.register import Registrar
from milepost.engine.resolve import Resolver
from milepost.engine.resting import Resting
from milepost.engine.rows import Group
from milepost.engine.secondlook import SecondLook
from milepost.engine.shard import Shard
from milepost.engine.turnstile import Turnstile
from milepost.runners.circumstances import Circumstances
from milepost.runners.foretelling import Owners, answered
from milepost.runners.joining import Joining
from milepost.runners.loading import Loading
from milepost.runners.peers import Peers
from milepost.runners.sealing import Archive, SealedRoads, Sealing
from milepost.runners.wire import (
    Absorb,
    Done,
    Follow,
    Foretell,
    Interest,
    Joined,
    Message,
    Told,
    Touched,
    Walk,
)


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
        self.audience = Audience(self.shard.links)
        self.followed = Followed()
        self.live = Live(peers.interest if peers else None)
        self.announced = asyncio.Event()
        # Facts that another process writes would not be heard of here.
        self.answers = Answers() if peers is None else None
        self.committer = Committer(ledger, number, self._after_commit)
        turnstile = Turnstile()
        # Features that are told of every group once it is durable; each must return at once.
        self.after_commit: list[Callable[[Group], None]] = []
        self.aftermath = Aftermath(self.after_commit, turnstile)
        self.journey = Journey(
            self.shard, Resolver(tables), self.committer, RawIds(ledger.reserve_raw_ids),
            self.audience, now_us, peers, self.resting.wake if self.resting else None,
            turnstile, redacts=ledger.keeps_verbatim,
        )  # fmt: skip
        self.queries = Queries(
            self.shard, ledger, now_us, synthetic=synthetic, policy_of=self.policies, sealed=sealed,
            owns=self.owns, answers=self.answers, elsewhere=Elsewhere(ledger, self.policies),
            turnstile=turnstile,
        )  # fmt: skip
        self.desk = Desk(self.shard, self.committer, self.audience, now_us)
        self.queries.others = self.desk.of
        self.queries.owners = Owners(peers) if peers is not None else None
        self.queries.cares_of = self.policies.cares
        self.second_look = SecondLook(
            self.queries.wholes, self.desk, self.policies, self.shard.road_of, now_us,
            self.queries.notices,
        )  # fmt: skip
        self.read_model = ReadModel(
            self.shard, ledger, number, self.committer.ticket, peers.number if peers else 1
        )
        self.circumstances = Circumstances(
            self.shard, ledger, self.policies, self.queries, self.read_model, self.second_look,
            self.answers, self.owns, now_us,
        )  # fmt: skip
        self._joining = Joining(
            self.shard, self.queries, self.committer, self.read_model, self.live, peers, self.owns,
            now_us, self.desk, self.second_look,
        )  # fmt: skip
        self.registrar = Registrar(ledger, self.journey, self.queries, self._joining.join)
        self.clockwork = Clockwork(
            self.shard, self.committer, ledger, self.audience, now_us, self.circumstances.excuse
        )
        self.sealing = self._sealing()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Load the live roads, replay what the read model lacks, and begin."""
        await self._load()
        work = (
            self.committer.run(), self.read_model.run(), self.clockwork.run(),
            self.second_look.run(), self.aftermath.run(),
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
        return Sealing(self.shard, self.resting, self._archive, self.now_us, owns=self.owns)

    async def _load(self) -> None:
        shards = self._peers.number if self._peers is not None else 1
        since = await self.ledger.begin_checkpoint(self._number, shards)
        if self.sealing is not None:
            await self.sealing.load()
        await Loading(
            self.ledger, self.shard, self.queries, self.circumstances, self._joining,
            self.read_model, self.desk, self.second_look, self.policies, self.resting, self.owns,
            self.now_us,
        ).load(since)  # fmt: skip

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
        return self.committer.pressed

    @property
    def busy(self) -> bool:
        """Whether so many scans come in that work which can wait should go slowly."""
        return self.committer.busy

    def owns(self, road: int) -> bool:
        """Whether this process holds the state of a road."""
        return self._peers is None or self._peers.owner_of(road) == self._peers.me

    async def follow(self, parcels: Sequence[int]) -> None:
        """Have every process announce what happens to these. To be called before it is written that
        somebody follows them, so that no change falls between, and after, for a process that began
        meanwhile.
        """
        self.followed.add_all(parcels)
        if self._peers is not None:
            await self._peers.follow(parcels)

    async def _handle(self, message: Message) -> Done:
        """What another shard asks of us."""
        receipt = None
        match message:
            case Walk(rows=rows, received_us=received_us):
                receipt = await self.journey.take_rows(rows, received_us)
            case Joined(links=links):
                await self._joining.join_here(links)
            case Absorb(link=link, state=state):
                self._joining.absorb(link, state)
            case Interest(sender=sender, some=some):
                assert self._peers is not None
                change = self._peers.interested.add if some else self._peers.interested.discard
                change(sender)
            case Touched(roads=roads):
                self.live.publish(roads)
            case Follow(parcels=parcels):
                self.followed.add_all(parcels)
            case Told(facts=facts):
                self.circumstances.tell(facts)
            case Foretell():
                return answered(message, self.queries.foresight)
        return Done(message.id, receipt)

    def _after_commit(self, group: Group, _: int) -> None:
        self.circumstances.note(group)
        self.second_look.note(group)
        if self.answers is not None:
            self.answers.forget(group.touched)
            self.answers.forget(fact.parcel for fact in group.facts)
        self.live.publish(group.touched)
        if self._peers is not None:
            self._tell_peers(self._peers, group)
        if group.outbox:
            self.announced.set()
        self.aftermath.note(group)

    def _tell_peers(self, peers: Peers, group: Group) -> None:
        if peers.interested and group.touched:
            peers.touched(group.touched)
        if group.facts:
            peers.told(group.facts)
