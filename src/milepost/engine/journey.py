"""The journey of a batch of scans through the rooms: the one list.

1 door      web, intake         authenticate, received_at, raw bytes
2 decode    decode.py           bytes → scans
3 resolve   resolve.py          scan → event: parcel, status, instant
4 admit     shard.py            duplicates leave
5 advance   domain/advance.py   state and events → state
6 judge     judge.py            rules → alerts, next due
7 commit    commit.py           one transaction; only then the answer
8 announce  announce.py         webhooks and live listeners, from the outbox
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Protocol

import msgspec
import zstandard
from msgspec import Struct

from milepost.domain.event import key_of
from milepost.domain.scan import Facts, Parsed, Scan, Unread
from milepost.engine.announce import Audience, announcements
from milepost.engine.commit import Committer
from milepost.engine.decode import NotABatchError, Rejected, decode_scans
from milepost.engine.ports import (
    AlertChange,
    FactRow,
    Group,
    Mention,
    Raw,
    Row,
    UnreadRow,
)
from milepost.engine.rawids import RawIds
from milepost.engine.redact import redact, redact_facts
from milepost.engine.resolve import BadScanError, Resolver, check_text, checked_number
from milepost.engine.shard import Outcome, Shard
from milepost.reading import mask

# Queries must stay quick under load, so a batch gives way to them after so many scans.
SLICE = 50
# Beyond this many events in waiting, senders are asked to come back later.
MOST_WAITING = 100_000
SAMPLE = 500


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


class OverloadedError(Exception):
    """Too much is waiting to be committed; come back in a moment."""


class Journey:
    """Walks batches through the rooms of one shard."""

    def __init__(
        self,
        shard: Shard,
        resolver: Resolver,
        committer: Committer,
        raw_ids: RawIds,
        audience: Audience,
        now_us: Callable[[], int],
        peers: PeersPort | None = None,
        wake: Callable[[Iterable[tuple[int, Row]]], Awaitable[None]] | None = None,
        *,
        redacts: bool = False,
    ) -> None:
        self._redacts = redacts
        self._shard = shard
        self._wake = wake
        self._peers = peers
        self._resolver = resolver
        self._committer = committer
        self._raw_ids = raw_ids
        self._audience = audience
        self._now_us = now_us
        self.accepted = self.duplicates = 0
        self._compress = zstandard.ZstdCompressor(level=1).compress

    async def take_scans(
        self, tenant: int, body: bytes, *, content_type: str | None = None, lines: bool = False
    ) -> Receipt:
        """Walk a native batch. Raises NotABatchError and OverloadedError."""
        self._check_load()
        raw, received_us = await self._keep(tenant, "api", content_type, body)
        try:
            decoded = decode_scans(body, lines=lines)
        except NotABatchError as error:
            await self._keep_unread(tenant, raw, "api", body, str(error), received_us)
            raise
        receipt = Receipt(rejected=decoded.rejected)
        await self._walk(tenant, decoded.scans, "api", raw, received_us, receipt)
        return receipt

    async def take_parsed(
        self, tenant: int, source: str, body: bytes, content_type: str | None, parsed: Parsed
    ) -> Receipt:
        """Walk what a connector has read from a raw payload."""
        self._check_load()
        raw, received_us = await self._keep(tenant, source, content_type, body)
        receipt = Receipt(unread=len(parsed.unread), errors=list(parsed.errors))
        group = self._committer.filling
        group.unread += [_unread(tenant, raw, source, one, received_us) for one in parsed.unread]
        self._add_facts(_facts(tenant, source, parsed.facts, received_us), raw)
        scans = list(enumerate(parsed.scans))
        await self._walk(tenant, scans, source, raw, received_us, receipt)
        return receipt

    async def take_given(
        self,
        tenant: int,
        source: str,
        body: bytes,
        scans: Sequence[Scan],
        content_type: str = "application/json",
    ) -> Receipt:
        """Walk scans that we were given as such, keeping `body` as their raw form."""
        raw, received_us = await self._keep(tenant, source, content_type, body)
        receipt = Receipt()
        await self._walk(tenant, list(enumerate(scans)), source, raw, received_us, receipt)
        return receipt

    async def add_facts(self, tenant: int, source: str, facts: Sequence[Facts]) -> None:
        """Keep what a merchant says of its shipments."""
        self._add_facts(_facts(tenant, source, facts, self._now_us()), None)
        await self._committer.ticket()

    def _add_facts(self, facts: Iterable[FactRow], raw: int | None) -> None:
        group = self._committer.filling
        known = len(group.facts)
        group.facts += facts
        if self._redacts:
            redact_facts(group, known)
            if raw is not None:
                fresh = group.facts[known:]
                group.mentions += [Mention(one.tenant, one.parcel, raw) for one in fresh]

    async def _keep(
        self, tenant: int, source: str, content_type: str | None, body: bytes
    ) -> tuple[int, int]:
        """Keep the raw bytes, in the same transaction as what is read from them."""
        raw = await self._raw_ids.take()
        received_us = self._now_us()
        kept = Raw(raw, tenant, source, content_type, received_us, self._compress(body))
        self._committer.filling.raws.append(kept)
        return raw, received_us

    async def _keep_unread(
        self, tenant: int, raw: int, source: str, body: bytes, reason: str, received_us: int
    ) -> None:
        """Keep a body of which nothing at all could be read, for a person to look at."""
        sample = body[: 4 * SAMPLE].decode("utf-8", "replace")
        piece = Unread(where="body", reason=reason, raw=sample)
        self._committer.filling.unread.append(_unread(tenant, raw, source, piece, received_us))
        await self._committer.ticket()

    async def _walk(
        self,
        tenant: int,
        scans: Sequence[tuple[int, Scan]],
        source: str,
        raw: int,
        received_us: int,
        receipt: Receipt,
    ) -> None:
        foreign: dict[int, list[tuple[int, Row]]] = {}
        for start in range(0, len(scans), SLICE):
            if start:
                await asyncio.sleep(0)
            rows = self._rows(
                tenant, scans[start : start + SLICE], source, raw, received_us, receipt
            )
            if self._peers is not None:
                rows = self._split(self._peers, rows, foreign)
            if self._wake is not None:
                await self._wake(rows)
            self._process(rows, received_us, receipt)
        await self._durable(foreign, received_us, receipt)

    async def take_rows(self, rows: Sequence[tuple[int, Row]], received_us: int) -> Receipt:
        """Walk events that another shard's process has resolved and that are ours."""
        self._check_load()
        receipt = Receipt()
        for start in range(0, len(rows), SLICE):
            if start:
                await asyncio.sleep(0)
            part = rows[start : start + SLICE]
            if self._wake is not None:
                await self._wake(part)
            self._process(part, received_us, receipt)
        await self._committer.ticket()
        return receipt

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

    def _rows(
        self,
        tenant: int,
        scans: Iterable[tuple[int, Scan]],
        source: str,
        raw: int,
        received_us: int,
        receipt: Receipt,
    ) -> list[tuple[int, Row]]:
        rows: list[tuple[int, Row]] = []
        for index, scan in scans:
            try:
                if source != "api":
                    check_text(scan)
                events = list(self._resolver.events(tenant, scan, source, received_us))
                rows += [(index, Row(tenant, raw, event)) for event in events]
            except BadScanError as error:
                receipt.rejected.append(Rejected(index, str(error)))
                if self._redacts:
                    self._mention_refused(tenant, scan, raw)
        return rows

    def _mention_refused(self, tenant: int, scan: Scan, raw: int) -> None:
        with suppress(BadScanError):
            parcel = key_of(tenant, checked_number(scan.number))
            self._committer.filling.mentions.append(Mention(tenant, parcel, raw))

    def _process(self, rows: Sequence[tuple[int, Row]], received_us: int, receipt: Receipt) -> None:
        group = self._committer.filling
        known, written = len(group.alerts), len(group.rows)
        outcome = self._shard.process(rows, received_us // 1_000_000, group)
        if self._redacts:
            if outcome.accepted < len(rows):
                _mention(group, rows, written)
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

    def _check_load(self) -> None:
        if self._committer.waiting > MOST_WAITING:
            raise OverloadedError


def _mention(group: Group, rows: Sequence[tuple[int, Row]], written: int) -> None:
    """What was not written (a duplicate, one too many) stands in the raw payload all the same."""
    taken = {id(row) for row in group.rows[written:]}
    group.mentions += [
        Mention(row.tenant, row.event.parcel, row.raw)
        for _, row in rows
        if row.raw is not None and id(row) not in taken
    ]


def _unread(tenant: int, raw: int, source: str, piece: Unread, received_us: int) -> UnreadRow:
    where, reason, sample = (
        mask(part[:SAMPLE].replace("\x00", "").encode("utf-8", "replace").decode())
        for part in (piece.where, piece.reason, piece.raw)
    )
    return UnreadRow(tenant, raw, source, where, reason, sample, received_us)


def _facts(tenant: int, source: str, facts: Iterable[Facts], observed_us: int) -> Iterable[FactRow]:
    for fact in facts:
        try:
            number = checked_number(fact.number)
            msgspec.msgpack.encode(fact)
        except (BadScanError, ValueError, OverflowError):
            continue  # the scans of the same payload report it
        yield FactRow(key_of(tenant, number), tenant, observed_us, source, fact)
