"""The audit: every row of the journal and the history against the logs, and every checkpoint.

Rows are read in whatever order they lie in; what is kept in memory is one byte a leaf and what
the links say. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from milepost.domain.scan import id_text
from milepost.engine.evidence.naming import NAME
from milepost.engine.proving import AuditStore, JournalRow, LogRow
from milepost.notary.book import Book, Stray
from milepost.notary.checkpoints import Checkpoints
from milepost.notary.faults import Fault, Kind, Report
from milepost.notary.folder import LogFolder
from milepost.notary.leaf import leaf_bytes, versions
from milepost.notary.scope import Scope
from milepost.notary.witnessed import Witnessed

DAY_US = 86_400_000_000
JOURNAL, HISTORY = 1, 2


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
        # Evidence that events name by what it is: id → (tenant, parcel).
        self.named: dict[str, tuple[int, int]] = {}

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
        await Checkpoints(self._scope, self._books, self.report).run(store)
        await Witnessed(self.report).run(store)
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
        for name in NAME.findall(one.body):
            self.named[name.decode()] = one.row.tenant, event.parcel
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

    def _verdicts(self) -> None:
        for book in self._books.values():
            for fault in book.verdict(self._scope.kept_from_us):
                self.report.add(fault)
            self.report.retired += book.retired


def _folder(scope: Scope, log: LogRow) -> LogFolder:
    return scope.folders.of(log.key, log.suite)
