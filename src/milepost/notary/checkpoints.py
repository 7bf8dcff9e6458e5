"""The audit of checkpoints: each against its log, and each against the one after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milepost.engine.proving import AuditStore, CheckpointRow, LogKey
from milepost.notary.book import Book
from milepost.notary.faults import Fault, Report
from milepost.notary.gaps import gaps
from milepost.notary.merkle import reduced
from milepost.notary.note import BadNoteError, opened, unchecked
from milepost.notary.scope import Scope
from milepost.notary.suites import HASH_BYTES
from milepost.notary.tree import FAN


class Checkpoints:
    """Adds to the report what does not fit."""

    def __init__(self, scope: Scope, books: Mapping[LogKey, Book], report: Report) -> None:
        self._scope, self._books, self._report = scope, books, report

    async def run(self, store: AuditStore) -> None:
        """Every checkpoint of the store, and those that somebody kept."""
        found: dict[LogKey, list[CheckpointRow]] = {}
        async for rows in store.all_checkpoints():
            for row in rows:
                self._report.checkpoints += 1
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
                self._report.add(Fault(kind="checkpoint", where=name, detail=str(error)))
                continue
            key = logs.get(note.origin)
            if key is None:
                told = f"there is no log {note.origin}"
                self._report.add(Fault(kind="checkpoint", where=name, detail=told))
                continue
            self._report.checkpoints += 1
            row = CheckpointRow(0, key.tenant, key.shard, note.size, note.root, text, 0)
            found.setdefault(key, []).append((name, row))
        return found

    def _checkpoints_of(self, key: LogKey, rows: Sequence[tuple[str, CheckpointRow]]) -> None:
        book = self._books.get(key)
        if book is None:
            self._report.add(
                Fault(
                    kind="chain", where="notary_link", tenant=key.tenant, shard=key.shard, seq=0,
                    detail="checkpoints of a log that is not there",
                )
            )  # fmt: skip
            return
        if not self._nodes(book):
            return
        roots = book.roots({row.size for _, row in rows})
        for where, row in rows:
            detail = self._unfit(row, book, roots.get(row.size))
            if detail is not None:
                self._report.add(
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
            self._report.add(
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
                below = folder.read(level - 1, number * FAN, (number + 1) * FAN)
                if (
                    len(below) < FAN * HASH_BYTES
                    or reduced(folder.suite, below)
                    != nodes[number * HASH_BYTES : (number + 1) * HASH_BYTES]
                ):
                    key = book.log.key
                    self._report.add(
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
