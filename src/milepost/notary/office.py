"""The notary at work: keeps the files of the logs in order, signs checkpoints, gives proofs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from milepost.domain.moment import to_text
from milepost.engine.proving import (
    Archived,
    CheckpointRow,
    Installation,
    LogKey,
    LogRow,
    NotaryStore,
)
from milepost.notary.chain import Linker
from milepost.notary.finding import Finder, Found, Logs, NotFoundError, NotProvableError
from milepost.notary.folder import LogFolder
from milepost.notary.keys import SigningKey
from milepost.notary.leaf import split
from milepost.notary.mending import mend, sound
from milepost.notary.merkle import Frontier
from milepost.notary.note import Checkpoint, hash_of, newest, signed, unchecked
from milepost.notary.proof import Anchoring, ConsistencyProof, EventProof
from milepost.notary.suites import suite
from milepost.notary.tree import Tree

log = structlog.get_logger()


class Notary:
    """Over the logs of one installation, in one process."""

    def __init__(
        self,
        store: NotaryStore,
        archive: Archived,
        linker: Linker,
        key: SigningKey,
        now_us: Callable[[], int],
    ) -> None:
        self._store = store
        self._archive = archive
        self._linker = linker
        self._key = key
        self._now_us = now_us
        self._signing = asyncio.Lock()
        self._logs = Logs(store)
        self._finder = Finder(store, archive, self._logs, self.folder)

    @property
    def key(self) -> str:
        """What checkpoints are checked with."""
        return self._key.public.text()

    def origin(self, key: LogKey) -> str:
        """The name of a log in its checkpoints."""
        return origin_of(self._linker.installation, key)

    def folder(self, one: LogRow) -> LogFolder:
        return self._linker.folders.of(one.key, one.suite)

    async def logs(self, tenant: int | None = None) -> list[LogRow]:
        """The logs of a tenant, or all."""
        return await self._logs.of(tenant)

    async def mend(self, shard: int) -> None:
        """Make the files of a shard's logs good."""
        for one in await self.logs():
            if one.key.shard == shard:
                folder = self.folder(one)
                await grow(folder)
                await mend(self._store, self._archive, one, folder)
                await grow(folder)

    async def work_up(self, shard: int) -> None:
        """Make what is due for the logs that have changed, and mend those that are behind."""
        for key in list(self._linker.changed):
            self._linker.changed.discard(key)
            try:
                await self._work_up(await self._logs.log(key), shard)
            except BaseException:
                self._linker.changed.add(key)
                raise

    async def _work_up(self, one: LogRow, shard: int) -> None:
        folder = self.folder(one)
        last = await self._store.last_link(one.key)
        if last is not None and folder.size < last.end and one.key.shard == shard:
            await mend(self._store, self._archive, one, folder)
        await grow(folder)

    # Checkpoints

    async def checkpoint(
        self, tenant: int | None = None, *, shard: int | None = None
    ) -> list[CheckpointRow]:
        """Sign checkpoints of those logs that have grown since their last."""
        # Each names the one before it, so one after the other.
        async with self._signing:
            made, folders = [], []
            for one in await self.logs(tenant):
                if shard is None or one.key.shard == shard:
                    row = await self._checkpoint(one)
                    if row is not None:
                        made.append(row)
                        folders.append(self.folder(one))
            added = await self._store.add_checkpoints(made) if made else []
            for row, folder in zip(added, folders, strict=True):
                folder.keep_note(row.note)
            return added

    async def _checkpoint(self, one: LogRow) -> CheckpointRow | None:
        folder = self.folder(one)
        link = await self._store.last_link(one.key, folder.size)
        if link is None or await self._store.checkpoint_at(one.key, link.end) is not None:
            return None
        if not await sound(self._store, one, folder, link.end):
            log.error("log_not_sound", log=tuple(one.key))
            return None
        folder.sync()
        root = folder.tree(link.end).root()
        now_us = self._now_us()
        last = await self._store.last_checkpoint(one.key)
        before = newest([folder.newest_note, None if last is None else last.note])
        checkpoint = Checkpoint(
            origin=self.origin(one.key), size=link.end, root=root, suite=one.suite,
            time=to_text(now_us, 0), head=link.head,
            number=1 if before is None else unchecked(before).number + 1,
            previous=b"" if before is None else hash_of(before),
        )  # fmt: skip
        note = signed(checkpoint, self._key)
        return CheckpointRow(0, *one.key, link.end, root, note, now_us)

    async def checkpoints(
        self, tenant: int, *, before: int | None = None, limit: int = 50
    ) -> list[CheckpointRow]:
        """Of all logs of a tenant, newest first."""
        return await self._store.checkpoints(tenant, before=before, limit=limit)

    async def latest(self, key: LogKey) -> CheckpointRow | None:
        """The newest checkpoint of a log."""
        return await self._store.last_checkpoint(key)

    # Proofs

    async def event_proof(
        self, tenant: int, event: str, *, number: str | None = None, body: bool = False
    ) -> EventProof:
        """Raises NotFoundError and NotProvableError. `number` spares the search for the parcel."""
        found = await self._finder.find(tenant, event, number)
        one = await self._logs.log(found.link.log)
        checkpoint = await self._covering(tenant, found)
        tree = self.folder(one).tree(checkpoint.size)
        return EventProof(
            event=event,
            suite=one.suite,
            index=found.place,
            leaf=found.leaf,
            path=tree.inclusion(found.place),
            checkpoint=checkpoint.note,
            key=self.key,
            body=found.row.body if body else None,
            anchor=await self.anchoring(checkpoint),
        )

    async def consistency_proof(
        self, tenant: int, old: int, new: int | None, shard: int | None = None
    ) -> ConsistencyProof:
        """From one size to another, or to the newest checkpoint. ValueError for bad sizes."""
        key = LogKey(tenant, await self._only_shard(tenant) if shard is None else shard)
        one = await self._logs.log(key)
        last = await self.latest(key)
        size = last.size if new is None and last is not None else new
        folder = self.folder(one)
        if size is None or not 0 <= old <= size <= folder.size:
            raise ValueError(f"from and to: sizes of the log, up to {folder.size}, in order")
        ends = [await self._store.checkpoint_of(key, end) for end in (old, size)]
        notes = [None if row is None else row.note for row in ends]
        tree = folder.tree(size)
        return ConsistencyProof(
            suite=one.suite,
            origin=self.origin(key),
            from_size=old,
            from_root=folder.tree(old).root(),
            from_checkpoint=notes[0],
            to_size=size,
            to_root=tree.root(),
            to_checkpoint=notes[1],
            path=tree.consistency(old),
            key=self.key,
        )

    async def anchoring(self, checkpoint: CheckpointRow) -> Anchoring | None:
        """Where a checkpoint's note stands in what witnesses have."""
        if checkpoint.anchor is None or checkpoint.place is None:
            return None
        anchor = await self._store.anchor(checkpoint.anchor)
        if anchor is None:
            return None
        leaves = split(anchor.leaves)

        def read(level: int, first: int, end: int) -> bytes:
            return b"" if level else b"".join(leaves[first:end])

        tree = Tree(suite("sha256"), read, len(leaves))
        return Anchoring(
            root=anchor.root, index=checkpoint.place, size=len(leaves),
            path=tree.inclusion(checkpoint.place), receipts=anchor.receipts,
        )  # fmt: skip

    async def _only_shard(self, tenant: int) -> int:
        logs = await self.logs(tenant)
        if not logs:
            raise NotFoundError("There is no log yet: nothing was ever committed.")
        if len(logs) > 1:
            raise ValueError("shard: there are several logs; say which")
        return logs[0].key.shard

    async def _covering(self, tenant: int, found: Found) -> CheckpointRow:
        """The first checkpoint that holds a leaf; signed now if there is none yet."""
        key, least = found.link.log, found.place + 1
        covering = await self._store.checkpoint_at(key, least)
        if covering is None:
            await self.checkpoint(tenant, shard=key.shard)
            covering = await self._store.checkpoint_at(key, least)
        if covering is None:
            raise NotProvableError("The event's log is being put in order; ask again in a moment.")
        return covering


def origin_of(installation: Installation, key: LogKey) -> str:
    """The name of a log in its checkpoints."""
    return f"milepost-{installation.name}/{key.tenant}/{key.shard}"


def root_of(notes: Sequence[bytes]) -> bytes:
    """The root over the leaf hashes of notes that are anchored together."""
    frontier = Frontier(suite("sha256"))
    for one in notes:
        frontier.add(one)
    return frontier.root()


async def grow(folder: LogFolder) -> None:
    """Make the subtrees and runs that are due, giving way to questions."""
    for number, _ in enumerate(folder.grow()):
        if number % 4 == 3:
            await asyncio.sleep(0)
    await asyncio.to_thread(folder.events.sort)
