"""What the unchangeable journal asks of its store, and the store of it, as protocols.

A log is kept for each tenant and engine shard. What one commit adds to it is a link: its leaf
hashes stand in the order of their bytes, so that the log is a function of what was committed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple, Protocol

from milepost.engine.rows import Row


class LogKey(NamedTuple):
    """Whose log, and of which engine shard."""

    tenant: int
    shard: int


class ChainLink(NamedTuple):
    """What one commit added to a log: leaves `first` to `first + leaves`, and the head after it.

    `at_us`: when the newest of them was received.
    """

    tenant: int
    shard: int
    seq: int
    first: int
    leaves: int
    at_us: int
    head: bytes

    @property
    def log(self) -> LogKey:
        return LogKey(self.tenant, self.shard)

    @property
    def end(self) -> int:
        return self.first + self.leaves


class Head(NamedTuple):
    """Where a log ends. `genesis`: the text that it begins with, until that is written."""

    suite: str
    size: int
    head: bytes
    genesis: bytes | None = None


class Addition(NamedTuple):
    """A link with its leaf hashes and the records of the event index, each joined."""

    link: ChainLink
    leaves: bytes
    records: bytes


class Installation(NamedTuple):
    """Which database this is, and what it held before logs were kept."""

    name: str
    commits_before: int
    events_before: int


class Linker(Protocol):
    """Makes links. Pure but for `open` and `keep`, which have files."""

    def open(self, installation: Installation) -> None: ...

    def begin(self, key: LogKey, at_us: int) -> Head:
        """The head of a log that is to be begun."""
        ...

    def link(
        self,
        shard: int,
        seq: int,
        rows: Sequence[Row],
        bodies: Sequence[bytes],
        heads: dict[int, Head],
    ) -> list[Addition]:
        """One for each tenant among the rows. `heads` are those of their logs."""
        ...  # fmt: skip

    def keep(self, addition: Addition) -> None:
        """File what is durable now. Never fails: what cannot be filed is made good later."""
        ...


class LogRow(NamedTuple):
    """A log as the store knows it."""

    key: LogKey
    suite: str
    genesis: bytes


class CheckpointRow(NamedTuple):
    """A signed checkpoint. `anchor` and `place`: the anchoring that took it, and where in it."""

    id: int
    tenant: int
    shard: int
    size: int
    root: bytes
    note: str
    made_us: int
    anchor: int | None = None
    place: int | None = None

    @property
    def log(self) -> LogKey:
        return LogKey(self.tenant, self.shard)


class AnchorRow(NamedTuple):
    """Checkpoints that were taken to witnesses together. `leaves`: the hashes of their notes."""

    id: int
    root: bytes
    leaves: bytes
    made_us: int
    receipts: list[dict[str, object]]


class JournalRow(NamedTuple):
    """A row of the journal with its body as it lies there."""

    seq: int
    row: Row
    body: bytes
    day: int | None = None


class NotaryStore(Protocol):
    """What the notary keeps in the database, and reads there."""

    async def logs(self, tenant: int | None = None) -> list[LogRow]: ...

    async def link_of(self, tenant: int, seq: int) -> ChainLink | None: ...

    async def last_link(self, key: LogKey, most: int | None = None) -> ChainLink | None:
        """The newest link, or the newest that ends within `most` leaves."""
        ...

    async def links_from(self, key: LogKey, first: int, limit: int) -> list[ChainLink]: ...

    async def rows_of(self, tenant: int, seqs: Sequence[int]) -> list[JournalRow]:
        """The journal's rows of some commits."""
        ...

    async def rows_at(self, tenant: int, parcel: int) -> list[tuple[JournalRow, ChainLink | None]]:
        """The journal's rows of a parcel, with the links of their commits."""
        ...

    async def add_checkpoints(self, rows: Sequence[CheckpointRow]) -> list[CheckpointRow]: ...

    async def checkpoints(
        self, tenant: int, *, before: int | None = None, limit: int = 50
    ) -> list[CheckpointRow]: ...

    async def checkpoint_at(self, key: LogKey, least: int) -> CheckpointRow | None:
        """The first checkpoint of a log with at least so many leaves."""
        ...

    async def last_checkpoint(self, key: LogKey, most: int | None = None) -> CheckpointRow | None:
        """The newest of a log, or of those with at most so many leaves."""
        ...

    async def checkpoint_of(self, key: LogKey, size: int) -> CheckpointRow | None: ...

    async def unanchored(self) -> list[CheckpointRow]:
        """The newest checkpoint of each log, where no witness has it yet."""
        ...

    async def add_anchor(
        self, root: bytes, leaves: bytes, made_us: int, checkpoints: Sequence[int]
    ) -> int: ...

    async def add_receipt(self, anchor: int, receipt: dict[str, object]) -> None: ...

    async def anchor(self, number: int) -> AnchorRow | None: ...


class Archived(Protocol):
    """The sealed days, as the notary asks for them."""

    async def rows(self, tenant: int, parcel: int) -> list[JournalRow]: ...

    async def rows_of(self, tenant: int, seqs: Sequence[int]) -> list[JournalRow]:
        """The sealed rows of some commits. Reads everything: only for mending."""
        ...


class AuditStore(Protocol):
    """All of the journal at one moment, for the audit."""

    def all_links(self) -> AsyncIterator[Sequence[ChainLink]]:
        """Of all logs, each in its order."""
        ...

    def all_rows(self) -> AsyncIterator[Sequence[JournalRow]]: ...

    def all_checkpoints(self) -> AsyncIterator[Sequence[CheckpointRow]]: ...

    async def all_anchors(self) -> list[AnchorRow]: ...
