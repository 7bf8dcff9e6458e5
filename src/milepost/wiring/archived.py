"""The sealed days as the notary asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from milepost.domain.event import pack_body
from milepost.engine.proving import JournalRow
from milepost.engine.rows import Row
from milepost.notary.scope import Sealed
from milepost.stores.history import History, SealedRow
from milepost.stores.history.scanning import UnreadablePart, scanned


class ArchivedJournal:
    """See `engine.proving.Archived`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._history: History | None = None

    async def rows(self, tenant: int, parcel: int) -> list[JournalRow]:
        return await asyncio.to_thread(self._rows, tenant, parcel)

    async def rows_of(self, tenant: int, seqs: Sequence[int]) -> list[JournalRow]:
        return await asyncio.to_thread(self._rows_of, tenant, frozenset(seqs))

    def parts(self) -> Iterator[Sealed]:
        """Everything, file by file."""
        for path in sorted((self._folder / "parts").glob("*.parquet")):
            for found in scanned(path):
                if isinstance(found, UnreadablePart):
                    yield str(path), str(found)
                else:
                    yield str(path), [_as_journal(row) for row in found]

    def close(self) -> None:
        if self._history is not None:
            self._history.close()

    def _rows(self, tenant: int, parcel: int) -> list[JournalRow]:
        if self._history is None:
            self._history = History(self._folder)
        return [_as_journal(row) for row in self._history.read([parcel], tenant=tenant)]

    def _rows_of(self, tenant: int, seqs: frozenset[int]) -> list[JournalRow]:
        return [
            row
            for _, rows in self.parts()
            if not isinstance(rows, str)
            for row in rows
            if row.seq in seqs and row.row.tenant == tenant
        ]


def _as_journal(row: SealedRow) -> JournalRow:
    event = row.event
    return JournalRow(row.seq, Row(row.tenant, row.raw, event), pack_body(event.body))
