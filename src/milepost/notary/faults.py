"""What an audit finds and says."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "changed", "removed", "inserted", "chain", "checkpoint", "checkpoints", "files", "readable",
    "sealed", "steps", "anchor",
]  # fmt: skip
MOST_TOLD = 100
_SAYS = {
    "changed": "was changed",
    "removed": "was removed",
    "inserted": "was inserted: no commit had it",
    "chain": "the chain of commits was changed",
    "checkpoint": "the checkpoint does not fit the log",
    "checkpoints": "one is not there any more:",
    "files": "the log's files were changed; the journal is as it was committed",
    "readable": "cannot be read",
    "sealed": "does not open, or is not what was kept:",
    "anchor": "what witnesses were given was changed:",
    "steps": "a case is not what was done in it:",
}


class Fault(Struct, kw_only=True, frozen=True):
    """Something that is not as it was committed.

    `index`: which leaf of the log; `seq`: which commit; `where`: the journal, a Parquet file, a
    log file or a table. `number` where it can still be found out.
    """

    kind: Kind
    where: str
    tenant: int | None = None
    shard: int | None = None
    index: int | None = None
    seq: int | None = None
    event: str | None = None
    number: str | None = None
    detail: str = ""

    @property
    def place(self) -> tuple[int, int, int, int]:
        """By which faults are ordered: log, leaf, commit."""
        big = 1 << 62
        return (
            big if self.tenant is None else self.tenant,
            self.shard or 0,
            big if self.index is None else self.index,
            big if self.seq is None else self.seq,
        )

    def text(self) -> str:
        """One line for people."""
        named = (
            ("event", self.event), ("number", self.number), ("tenant", self.tenant),
            ("shard", self.shard), ("leaf", self.index), ("commit", self.seq),
        )  # fmt: skip
        facts = ", ".join(f"{name} {value}" for name, value in named if value is not None)
        says = " ".join(part for part in (_SAYS[self.kind], self.detail) if part)
        return f"{self.where}: {says}" + (f" ({facts})" if facts else "")


class Report(Struct, kw_only=True):
    """`before`: rows older than the logs; `retired`: leaves whose rows were past retention."""

    logs: int = 0
    commits: int = 0
    leaves: int = 0
    journal_rows: int = 0
    sealed_rows: int = 0
    checkpoints: int = 0
    before: int = 0
    retired: int = 0
    faults: list[Fault] = []
    faults_in_all: int = 0

    @property
    def sound(self) -> bool:
        return not self.faults

    def add(self, fault: Fault) -> None:
        self.faults_in_all += 1
        self.faults.append(fault)
        if len(self.faults) > 2 * MOST_TOLD:
            self.order()

    def order(self) -> None:
        """The first fault first; no more than can be told."""
        self.faults.sort(key=lambda fault: fault.place)
        del self.faults[MOST_TOLD:]
