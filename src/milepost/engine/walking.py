"""Rooms 3 to 7 for the scans of a batch, a slice at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from milepost.domain.scan import Scan
from milepost.engine.announce import Audience, announcements
from milepost.engine.commit import Committer
from milepost.engine.decode import Rejected
from milepost.engine.keeping import Keeper, mention_unwritten
from milepost.engine.redact import redact
from milepost.engine.resolve import BadScanError, Resolver, check_text
from milepost.engine.rows import AlertChange, Group, Row
from milepost.engine.shard import Outcome, Shard
from milepost.engine.turnstile import Turnstile

# Queries must stay quick under load, so a batch gives way to them after so many scans.
SLICE = 50
Wake = Callable[[Iterable[tuple[int, Row]]], Awaitable[None]]


class Receipt(Struct):
    """The answer to a batch, given when everything accepted is durable."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[Rejected] = []
    unread: int = 0
    errors: list[str] = []


class PeersPort(Protocol):
    """The processes that own the other shards, as the journey needs them."""

    me: int

    def owner_of(self, road: int) -> int: ...

    async def walk(
        self, owner: int, rows: Sequence[tuple[int, Row]], received_us: int
    ) -> Receipt: ...


class Batch(Struct):
    """Scans of one raw payload, by their places in it, and the answer that is being made."""

    tenant: int
    source: str
    raw: int
    received_us: int
    receipt: Receipt


class Walk:
    """Through the rooms of one shard; what belongs to others is handed to them."""

    def __init__(
        self,
        shard: Shard,
        resolver: Resolver,
        committer: Committer,
        keeper: Keeper,
        audience: Audience,
        peers: PeersPort | None,
        wake: Wake | None,
        turnstile: Turnstile,
        *,
        redacts: bool,
    ) -> None:
        self._shard = shard
        self._resolver = resolver
        self._committer = committer
        self._keeper = keeper
        self._audience = audience
        self._peers = peers
        self._wake = wake
        self._redacts = redacts
        self.turnstile = turnstile
        self.accepted = self.duplicates = 0

    async def scans(self, batch: Batch, scans: Sequence[tuple[int, Scan]]) -> None:
        """All of a batch; it is durable when this returns."""
        foreign: dict[int, list[tuple[int, Row]]] = {}
        for start in range(0, len(scans), SLICE):
            await self.turnstile.turn()
            rows = self._resolved(batch, scans[start : start + SLICE])
            if self._peers is not None:
                rows = self._split(self._peers, rows, foreign)
            if self._wake is not None:
                await self._wake(rows)
            self._process(rows, batch.received_us, batch.receipt)
        await self._durable(foreign, batch.received_us, batch.receipt)

    async def rows(
        self, rows: Sequence[tuple[int, Row]], received_us: int, receipt: Receipt
    ) -> None:
        """Events that another shard's process has resolved and that are ours."""
        for start in range(0, len(rows), SLICE):
            await self.turnstile.turn()
            part = rows[start : start + SLICE]
            if self._wake is not None:
                await self._wake(part)
            self._process(part, received_us, receipt)
        await self._committer.ticket()

    def _resolved(self, batch: Batch, scans: Iterable[tuple[int, Scan]]) -> list[tuple[int, Row]]:
        tenant, source, raw = batch.tenant, batch.source, batch.raw
        rows: list[tuple[int, Row]] = []
        events_of, add = self._resolver.events, rows.append
        for index, scan in scans:
            try:
                if source != "api":
                    check_text(scan)
                for event in events_of(tenant, scan, source, batch.received_us):
                    add((index, Row(tenant, raw, event)))
            except BadScanError as error:
                batch.receipt.rejected.append(Rejected(index, str(error)))
                self._keeper.refused(tenant, scan, raw)
        return rows

    def _split(
        self,
        peers: PeersPort,
        rows: Sequence[tuple[int, Row]],
        foreign: dict[int, list[tuple[int, Row]]],
    ) -> list[tuple[int, Row]]:
        """Keep what is ours; the rest is put aside for its owners."""
        mine: list[tuple[int, Row]] = []
        road_of, owner_of, me = self._shard.road_of, peers.owner_of, peers.me
        for pair in rows:
            owner = owner_of(road_of(pair[1].event.parcel))
            (mine if owner == me else foreign.setdefault(owner, [])).append(pair)
        return mine

    async def _durable(
        self, foreign: dict[int, list[tuple[int, Row]]], received_us: int, receipt: Receipt
    ) -> None:
        """Wait until every shard that has a part of the batch has committed it."""
        ticket = self._committer.ticket()
        if self._peers is not None and foreign:
            sent = [self._peers.walk(one, rows, received_us) for one, rows in foreign.items()]
            for answer in await asyncio.gather(*sent):
                receipt.accepted += answer.accepted
                receipt.duplicates += answer.duplicates
                receipt.rejected += answer.rejected
        await ticket

    def _process(self, rows: Sequence[tuple[int, Row]], received_us: int, receipt: Receipt) -> None:
        group = self._committer.filling
        known, written = len(group.alerts), len(group.rows)
        outcome = self._shard.process(rows, received_us // 1_000_000, group)
        if self._redacts:
            if outcome.accepted < len(rows):
                mention_unwritten(group, rows, written)
            redact(group, written)
        self._tell(group, outcome, group.alerts[known:], received_us)
        receipt.accepted += outcome.accepted
        receipt.duplicates += outcome.duplicates
        receipt.rejected += [Rejected(index, error) for index, error in outcome.refused]
        self.accepted += outcome.accepted
        self.duplicates += outcome.duplicates

    def _tell(self, group: Group, outcome: Outcome, alerts: list[AlertChange], now_us: int) -> None:
        group.touched += [change.road for change in outcome.changes]
        if self._audience:
            group.outbox += announcements(self._audience, outcome.changes, alerts, now_us)
