"""The journey of a batch of scans through the rooms: the one list.

1 door      web, keeping.py     authenticate, received_at, raw bytes
2 decode    decode.py           bytes → scans
3 resolve   resolve.py          scan → event: parcel, status, instant
4 admit     shard.py            duplicates leave
5 advance   domain/advance.py   state and events → state
6 judge     judge.py            rules → alerts, next due
7 commit    commit.py           one transaction; only then the answer
8 announce  announce.py         webhooks and live listeners, from the outbox

`walking.py` leads through rooms 3 to 7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from milepost.domain.scan import Facts, Parsed, Scan
from milepost.engine.announce import Audience
from milepost.engine.commit import Committer
from milepost.engine.decode import NotABatchError, decode_scans
from milepost.engine.keeping import Keeper
from milepost.engine.rawids import RawIds
from milepost.engine.resolve import Resolver
from milepost.engine.rows import Row
from milepost.engine.shard import Shard
from milepost.engine.turnstile import Turnstile
from milepost.engine.walking import SLICE, Batch, PeersPort, Receipt, Wake, Walk

__all__ = ["Journey", "OverloadedError", "PeersPort", "Receipt"]
# Beyond this many events in waiting, senders are asked to come back later.
MOST_WAITING = 100_000


class OverloadedError(Exception):
    """Too much is waiting to be committed; come back in a moment."""


class Journey:
    """Takes what comes in, by every door, and walks it through the rooms of one shard."""

    def __init__(
        self,
        shard: Shard,
        resolver: Resolver,
        committer: Committer,
        raw_ids: RawIds,
        audience: Audience,
        now_us: Callable[[], int],
        peers: PeersPort | None = None,
        wake: Wake | None = None,
        turnstile: Turnstile | None = None,
        *,
        redacts: bool = False,
    ) -> None:
        self._committer = committer
        self._now_us = now_us
        self._keeper = keeper = Keeper(committer, raw_ids, now_us, redacts=redacts)
        self._walk = Walk(
            shard, resolver, committer, keeper, audience, peers, wake,
            turnstile or Turnstile(), redacts=redacts,
        )  # fmt: skip

    @property
    def accepted(self) -> int:
        """Events since the start."""
        return self._walk.accepted

    @property
    def duplicates(self) -> int:
        """Scans that were known, since the start."""
        return self._walk.duplicates

    async def take_scans(
        self, tenant: int, body: bytes, *, content_type: str | None = None, lines: bool = False
    ) -> Receipt:
        """Walk a native batch. Raises NotABatchError and OverloadedError."""
        self._check_load()
        raw, received_us = await self._keeper.keep(tenant, "api", content_type, body)
        await self._walk.turnstile.turn()
        try:
            decoded = decode_scans(body, lines=lines)
        except NotABatchError as error:
            self._keeper.body_unread(tenant, raw, "api", body, str(error), received_us)
            await self._committer.ticket()
            raise
        batch = Batch(tenant, "api", raw, received_us, Receipt(rejected=decoded.rejected))
        await self._walk.scans(batch, decoded.scans)
        return batch.receipt

    async def take_parsed(
        self, tenant: int, source: str, body: bytes, content_type: str | None, parsed: Parsed
    ) -> Receipt:
        """Walk what a connector has read from a raw payload."""
        self._check_load()
        raw, received_us = await self._keeper.keep(tenant, source, content_type, body)
        receipt = Receipt(unread=len(parsed.unread), errors=list(parsed.errors))
        self._keeper.unread(tenant, raw, source, parsed.unread, received_us)
        self._keeper.facts(tenant, source, parsed.facts, received_us, raw)
        batch = Batch(tenant, source, raw, received_us, receipt)
        await self._walk.scans(batch, list(enumerate(parsed.scans)))
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
        raw, received_us = await self._keeper.keep(tenant, source, content_type, body)
        batch = Batch(tenant, source, raw, received_us, Receipt())
        await self._walk.scans(batch, list(enumerate(scans)))
        return batch.receipt

    async def take_rows(self, rows: Sequence[tuple[int, Row]], received_us: int) -> Receipt:
        """Walk events that another shard's process has resolved and that are ours."""
        self._check_load()
        receipt = Receipt()
        await self._walk.rows(rows, received_us, receipt)
        return receipt

    async def add_facts(self, tenant: int, source: str, facts: Sequence[Facts]) -> None:
        """Keep what a merchant says of its shipments."""
        received_us = self._now_us()
        for start in range(0, len(facts), SLICE):
            await self._walk.turnstile.turn()
            self._keeper.facts(tenant, source, facts[start : start + SLICE], received_us, None)
        await self._committer.ticket()

    def _check_load(self) -> None:
        if self._committer.waiting > MOST_WAITING:
            raise OverloadedError
