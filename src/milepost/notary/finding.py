"""From an event id to its row and the place of its leaf."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from milepost.domain.event import key_of
from milepost.domain.scan import id_number
from milepost.engine.proving import Archived, ChainLink, JournalRow, LogKey, LogRow, NotaryStore
from milepost.notary.folder import LogFolder
from milepost.notary.leaf import leaf_bytes, split, versions
from milepost.notary.suites import suite

# A row of the journal, and the link of its commit.
Candidate = tuple[JournalRow, ChainLink | None]


class NotFoundError(LookupError):
    """There is no such event, log or checkpoint."""


class NotProvableError(Exception):
    """There is one, but it is not (or not as it stands now) in a log; says why."""


class Found(NamedTuple):
    """A row of the journal, and where its leaf stands."""

    row: JournalRow
    link: ChainLink
    place: int
    leaf: bytes


class Logs:
    """The logs that the store has; those once seen are remembered, for logs never go."""

    def __init__(self, store: NotaryStore) -> None:
        self._store = store
        self._known: dict[LogKey, LogRow] = {}

    def known(self, tenant: int) -> list[LogRow]:
        """Those of a tenant that were seen before."""
        return [log for log in self._known.values() if log.key.tenant == tenant]

    async def of(self, tenant: int | None = None) -> list[LogRow]:
        """The logs of a tenant, or all."""
        rows = await self._store.logs(tenant)
        self._known |= {row.key: row for row in rows}
        return rows

    async def log(self, key: LogKey) -> LogRow:
        """Raises NotFoundError."""
        if key not in self._known:
            await self.of(key.tenant)
        if key not in self._known:
            raise NotFoundError("There is no such log.")
        return self._known[key]


class Finder:
    """Finds events. `folder` gives the files of a log."""

    def __init__(
        self,
        store: NotaryStore,
        archive: Archived,
        logs: Logs,
        folder: Callable[[LogRow], LogFolder],
    ) -> None:
        self._store = store
        self._archive = archive
        self._logs = logs
        self._folder = folder

    async def find(self, tenant: int, event: str, number: str | None) -> Found:
        fingerprint = id_number(event)
        rows: list[Candidate] = []
        if number is not None:
            rows = await self._rows(tenant, [key_of(tenant, number)], fingerprint)
        if not rows:
            rows = await self._searched(tenant, fingerprint)
        if not rows:
            raise NotFoundError("There is no such event.")
        # A scan that came again with a more exact status stands in the journal twice.
        row, link = max(rows, key=lambda one: (one[0].row.event.code, -one[0].seq))
        if link is None:
            raise NotProvableError("The event is older than the log, or was never committed.")
        return await self._placed(row, link)

    async def _searched(self, tenant: int, fingerprint: int) -> list[Candidate]:
        """Through the event indexes: of the logs that are known, then of any that are new."""
        for known in (True, False):
            logs = self._logs.known(tenant) if known else await self._logs.of(tenant)
            parcels = [p for log in logs for p in self._folder(log).events.find(fingerprint)]
            rows = await self._rows(tenant, parcels, fingerprint)
            if rows:
                return rows
        return []

    async def _rows(self, tenant: int, parcels: Sequence[int], fingerprint: int) -> list[Candidate]:
        for parcel in parcels:
            rows = await self._store.rows_at(tenant, parcel)
            found = [one for one in rows if one[0].row.event.fingerprint == fingerprint]
            if found:
                return found
        for parcel in parcels:
            sealed = await self._archive.rows(tenant, parcel)
            found = [
                (row, await self._store.link_of(tenant, row.seq))
                for row in sealed
                if row.row.event.fingerprint == fingerprint
            ]
            if found:
                return found
        return []

    async def _placed(self, row: JournalRow, link: ChainLink) -> Found:
        one = await self._logs.log(link.log)
        leaves = split(self._folder(one).read(0, link.first, link.end))
        if len(leaves) < link.leaves:
            raise NotProvableError("The event's log is being put in order; ask again in a moment.")
        for body in versions(row.body):
            leaf = leaf_bytes(suite(one.suite), row.row, body, row.seq)
            hashed = suite(one.suite).leaf(leaf)
            place = bisect_left(leaves, hashed)
            if place < len(leaves) and leaves[place] == hashed:
                return Found(row._replace(body=body), link, link.first + place, leaf)
        raise NotProvableError("The event is not what was committed: see `milepost verify`.")
