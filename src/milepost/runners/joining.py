"""Numbers that turn out to belong to one box: their roads become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from milepost.engine.commit import Committer
from milepost.engine.desk import Desk
from milepost.engine.live import Live
from milepost.engine.queries import Queries
from milepost.engine.readmodel import ReadModel
from milepost.engine.rows import AlertChange, Link
from milepost.engine.secondlook import SecondLook
from milepost.engine.shard import Dirty, Shard
from milepost.runners.peers import Peers


class Joining:
    """Joins roads here, and tells the other shards."""

    def __init__(
        self,
        shard: Shard,
        queries: Queries,
        committer: Committer,
        read_model: ReadModel,
        live: Live,
        peers: Peers | None,
        owns: Callable[[int], bool],
        now_us: Callable[[], int],
        desk: Desk,
        second_look: SecondLook,
    ) -> None:
        self._shard, self._queries, self._committer = shard, queries, committer
        self._read_model, self._live, self._peers = read_model, live, peers
        self._owns, self._now_us = owns, now_us
        self._desk, self._second_look = desk, second_look

    async def join(self, links: Sequence[Link]) -> None:
        """Numbers belong together: here, and at every other shard."""
        await self.join_here(links)
        if self._peers is not None:
            await self._peers.join(links)

    async def join_here(self, links: Sequence[Link]) -> None:
        """What this shard has of it."""
        self._queries.learn(links)
        for link, state in self._shard.join(links):
            self._clear_joined(link)
            if self._owns(link.road):
                self.absorb(link, state)
            elif self._peers is not None:
                await self._peers.absorb(link, state)
        for road in {link.road for link in links if link.road in self._shard.states}:
            self._look(road)
        # Who listens to one of the numbers must hear of the others too from now on.
        self._live.publish([link.parcel for link in links])

    def settle(self) -> None:
        """What a crash left half joined."""
        left = set(self._read_model.gone)
        for parcel, link in self._shard.links.items():
            self._clear_joined(link)
            if parcel in left and link.road in self._shard.states:
                self._look(link.road)

    def absorb(self, link: Link, state: bytes) -> None:
        """Take the state of a number that has become part of a road of ours."""
        self._shard.absorb(link.road, state)
        # Its own line goes once that of the road has been written, in this order.
        self._read_model.gone.append(link.parcel)
        self._look(link.road)

    def _clear_joined(self, link: Link) -> None:
        """The alerts of a road that is no longer one of its own: the whole road's count now."""
        if link.parcel == link.road:
            return
        now_s = self._now_us() // 1_000_000
        standing = self._shard.open.pop(link.parcel, {})
        for rule in (*standing, *self._desk.give_up(link.parcel)):
            gone = AlertChange(link.tenant, link.parcel, link.number, rule, None, now_s)
            self._committer.filling.alerts.append(gone)
            self._committer.ticket()

    def _look(self, road: int) -> None:
        head = self._shard.links[road]
        now_us = self._now_us()
        what = Dirty(head.tenant, head.number, head.carrier, None, now_us)
        self._shard.dirty.setdefault(road, what)
        group = self._committer.filling
        self._shard.look(head.tenant, road, head.number, now_us // 1_000_000, group)
        self._second_look.ask([road])
        self._committer.ticket()
