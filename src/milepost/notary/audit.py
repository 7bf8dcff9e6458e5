"""The audit: every row of the journal and the history against the logs, and every checkpoint.

Rows are read in whatever order they lie in; what is kept in memory is one byte a leaf and what
the links say. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from milepost.domain.event import pack_body
from milepost.domain.scan import id_text
from milepost.engine.ports import Row
from milepost.engine.proving import AuditStore, CheckpointRow, JournalRow, LogKey, LogRow
from milepost.notary.book import Book, Stray
from milepost.notary.chain import Folders
from milepost.notary.faults import Fault, Kind, Report
from milepost.notary.folder import LogFolder
from milepost.notary.gaps import gaps
from milepost.notary.keys import PublicKey
from milepost.notary.leaf import leaf_bytes, split, versions
from milepost.notary.merkle import reduced
from milepost.notary.note import BadNoteError, opened, unchecked
from milepost.notary.suites import HASH_BYTES
from milepost.notary.tree import FAN

DAY_US = 86_400_000_000
JOURNAL, HISTORY = 1, 2
# Rows of one Parquet file, or the words for why it cannot be read.
Sealed = tuple[str, Sequence[JournalRow] | str]


class Scope(NamedTuple):
    """What is to be held against each other. `kept_from_us`: what is older may be gone. `notes`:
    signed checkpoints that somebody kept outside, by the name of their file. `newest`: the note
    that each log's files name as its last, read before the tables.
    """

    logs: Sequence[LogRow]
    folders: Folders
    sealed: Iterable[Sealed]
    commits_before: int
    kept_from_us: int
    key: PublicKey | None
    origin: Callable[[LogKey], str]
    notes: Sequence[tuple[str, str]] = ()
    newest: Mapping[LogKey, str] = MappingProxyType({})


class Audit:
    """One run over everything. `progress` is told how many rows were read."""

    def __init__(self, scope: Scope, progress: Callable[[int], None]) -> None:
        self._scope = scope
        self._progress = progress
        self._books = {log.key: Book(log, _folder(scope, log)) for log in scope.logs}
        self._by_tenant: dict[int, list[Book]] = {}
        for key, book in self._books.items():
            self._by_tenant.setdefault(key.tenant, []).append(book)
        self.report = Report(logs=len(self._books))

    async def run(self, store: AuditStore) -> Report:
        """All of it; the faults come in their order."""
        await self._links(store)
        async for rows in store.all_rows():
            self._rows(rows, "journal", JOURNAL)
        for where, found in self._scope.sealed:
            if isinstance(found, str):
                self.report.add(Fault(kind="readable", where=where, detail=found))
            else:
                self._rows(found, where, HISTORY)
        self._verdicts()
        await self._checkpoints(store)
        self.report.order()
        return self.report

    async def _links(self, store: AuditStore) -> None:
        async for links in store.all_links():
            for link in links:
                book = self._books.get(link.log)
                if book is None:
                    self._chain(link.tenant, link.shard, link.seq, "a link of no log")
                    continue
                book.add(link)
                self.report.commits += 1
        for book in self._books.values():
            book.ready()
            self.report.leaves += book.size

    def _chain(self, tenant: int, shard: int, seq: int, detail: str) -> None:
        self.report.add(
            Fault(
                kind="chain",
                where="notary_link",
                tenant=tenant,
                shard=shard,
                seq=seq,
                detail=detail,
            )
        )

    def _rows(self, rows: Sequence[JournalRow], where: str, mark: int) -> None:
        for one in rows:
            self._row(one, where, mark)
        if mark == JOURNAL:
            self.report.journal_rows += len(rows)
        else:
            self.report.sealed_rows += len(rows)
        self._progress(len(rows))

    def _row(self, one: JournalRow, where: str, mark: int) -> None:
        event = one.row.event
        stray = Stray(where, one.seq, id_text(event.fingerprint), one.body)
        book = self._book(one.row.tenant, one.seq)
        if book is None:
            if one.seq <= self._scope.commits_before:
                self.report.before += 1
            else:
                self._lone(stray, one.row.tenant, "inserted", "it is not in the chain")
            return
        if one.day is not None and one.day != event.received_us // DAY_US:
            self._lone(stray, one.row.tenant, "changed", "it lies under another day")
        suite = book.folder.suite
        leaves = [
            suite.leaf(leaf_bytes(suite, one.row, body, one.seq)) for body in versions(one.body)
        ]
        book.take(leaves, stray, mark)

    def _lone(self, stray: Stray, tenant: int, kind: Kind, detail: str) -> None:
        self.report.add(
            Fault(
                kind=kind,
                where=stray.where,
                tenant=tenant,
                seq=stray.seq,
                event=stray.event,
                number=stray.number,
                detail=detail,
            )
        )

    def _book(self, tenant: int, seq: int) -> Book | None:
        for book in self._by_tenant.get(tenant, ()):
            if book.has(seq):
                return book
        return None

    async def _checkpoints(self, store: AuditStore) -> None:
        found: dict[LogKey, list[CheckpointRow]] = {}
        async for rows in store.all_checkpoints():
            for row in rows:
                self.report.checkpoints += 1
                found.setdefault(row.log, []).append(row)
        kept = self._kept()
        for key in found.keys() | self._books.keys() | kept.keys():
            named = [(f"checkpoint {row.id}", row) for row in found.get(key, [])]
            self._checkpoints_of(key, named + kept.get(key, []))

    def _kept(self) -> dict[LogKey, list[tuple[str, CheckpointRow]]]:
        """The notes that were kept outside, as if they were rows of their logs."""
        logs = {self._scope.origin(key): key for key in self._books}
        found: dict[LogKey, list[tuple[str, CheckpointRow]]] = {}
        for name, text in self._scope.notes:
            try:
                note = opened(text, self._scope.key) if self._scope.key else unchecked(text)
            except BadNoteError as error:
                self.report.add(Fault(kind="checkpoint", where=name, detail=str(error)))
                continue
            key = logs.get(note.origin)
            if key is None:
                told = f"there is no log {note.origin}"
                self.report.add(Fault(kind="checkpoint", where=name, detail=told))
                continue
            self.report.checkpoints += 1
            row = CheckpointRow(0, key.tenant, key.shard, note.size, note.root, text, 0)
            found.setdefault(key, []).append((name, row))
        return found

    def _checkpoints_of(self, key: LogKey, rows: Sequence[tuple[str, CheckpointRow]]) -> None:
        book = self._books.get(key)
        if book is None:
            self._chain(*key, 0, "checkpoints of a log that is not there")
            return
        if not self._nodes(book):
            return
        roots = book.roots({row.size for _, row in rows})
        for where, row in rows:
            detail = self._unfit(row, book, roots.get(row.size))
            if detail is not None:
                self.report.add(
                    Fault(
                        kind="checkpoint",
                        where=where,
                        tenant=key.tenant,
                        shard=key.shard,
                        index=row.size,
                        detail=detail,
                    )
                )
        self._following(book, rows)

    def _following(self, book: Book, rows: Sequence[tuple[str, CheckpointRow]]) -> None:
        """Each names the one before it, and the log's files the newest: all have to be there."""
        key, notes = book.log.key, [row.note for _, row in rows if row.id]
        for told, after in gaps(notes, self._scope.newest.get(key)):
            self.report.add(
                Fault(
                    kind="checkpoints", where="notary_checkpoint", tenant=key.tenant,
                    shard=key.shard, index=after, detail=told,
                )
            )  # fmt: skip

    def _unfit(self, row: CheckpointRow, book: Book, root: bytes | None) -> str | None:
        """Why a checkpoint does not fit its log, or None."""
        try:
            note = opened(row.note, self._scope.key) if self._scope.key else None
        except BadNoteError as error:
            return str(error)
        said = (self._scope.origin(row.log), row.size, row.root)
        if note is not None and (note.origin, note.size, note.root) != said:
            return "its row says something else than its note"
        if row.size > book.size:
            return f"the log has only {book.size} leaves"
        # Where the leaves are not known, that is a fault of its own already.
        return None if root in (None, row.root) else "the root is another"

    def _nodes(self, book: Book) -> bool:
        """Whether the stored subtrees are those of the leaves."""
        folder, level = book.folder, 1
        while (nodes := folder.read(level, 0, folder.size)) != b"":
            for number in range(len(nodes) // HASH_BYTES):
                below = split(folder.read(level - 1, number * FAN, (number + 1) * FAN))
                if (
                    len(below) < FAN
                    or reduced(folder.suite, below)
                    != nodes[number * HASH_BYTES : (number + 1) * HASH_BYTES]
                ):
                    key = book.log.key
                    self.report.add(
                        Fault(
                            kind="files",
                            where=str(folder.path / f"nodes-{level}"),
                            tenant=key.tenant,
                            shard=key.shard,
                            index=number * FAN**level,
                            detail=f"subtree {number}",
                        )
                    )
                    return False
            level += 1
        return True

    def _verdicts(self) -> None:
        for book in self._books.values():
            for fault in book.verdict(self._scope.kept_from_us):
                self.report.add(fault)
            self.report.retired += book.retired


def sealed_journal_row(seq: int, row: Row) -> JournalRow:
    """A sealed row as the journal had it."""
    return JournalRow(seq, row, pack_body(row.event.body))


def _folder(scope: Scope, log: LogRow) -> LogFolder:
    return scope.folders.of(log.key, log.suite)
