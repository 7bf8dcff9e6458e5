"""The files of one log: its leaf hashes, the roots of its complete subtrees, its event index.

Only the process that owns the log's shard writes; any process reads. Nothing here is waited for
by a commit: whatever a crash has left out is made again from the journal.

    leaves     32 bytes a leaf, in the order of the log
    nodes-K    32 bytes for each complete subtree of 256 to the power of K leaves
    events …   see `events`
    checkpoint the newest signed note: where the database has it no more, its row was removed
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from milepost.durable import publish
from milepost.notary.events import EventIndex
from milepost.notary.merkle import reduced
from milepost.notary.suites import HASH_BYTES, Suite
from milepost.notary.tree import FAN, Tree

_NOTE = "checkpoint"


class LogFolder:
    """The files of one log; they are made with its first leaf."""

    def __init__(self, path: Path, suite: Suite) -> None:
        self.path = path
        self.suite = suite
        self.events = EventIndex(path)
        self._files: dict[int, int] = {}

    def close(self) -> None:
        for handle in self._files.values():
            os.close(handle)
        self._files = {}
        self.events.close()

    @property
    def size(self) -> int:
        """How many leaves are there."""
        return self._count(0)

    def append(self, first: int, leaves: bytes, records: bytes) -> bool:
        """Leaves that follow those that are there; False (and nothing done) if they do not."""
        handle = self._handle(0, make=True)
        assert handle is not None
        if os.fstat(handle).st_size != first * HASH_BYTES:
            return False
        self.events.add(records)  # first, so that no leaf is without its record
        _write(handle, leaves)
        return True

    def read(self, level: int, first: int, end: int) -> bytes:
        """Hashes of a level; fewer where it does not reach so far."""
        handle = self._handle(level)
        if handle is None or end <= first:
            return b""
        found = os.pread(handle, (end - first) * HASH_BYTES, first * HASH_BYTES)
        return found[: len(found) - len(found) % HASH_BYTES]

    def tree(self, size: int) -> Tree:
        """The tree over the first leaves."""
        return Tree(self.suite, self.read, size)

    def grow(self) -> Iterator[None]:
        """Make the subtrees that have become complete, giving way after each."""
        level = 1
        while self._count(level - 1) >= FAN:
            for number in range(self._count(level), self._count(level - 1) // FAN):
                below = self.read(level - 1, number * FAN, (number + 1) * FAN)
                handle = self._handle(level, make=True)
                assert handle is not None
                _write(handle, reduced(self.suite, below))
                yield
            level += 1

    def cut(self, size: int) -> None:
        """Forget all leaves from `size` on."""
        level = 0
        while (handle := self._handle(level)) is not None:
            os.ftruncate(handle, min(size, self._count(level)) * HASH_BYTES)
            size, level = size // FAN, level + 1

    def forget_nodes(self) -> None:
        """Forget all subtrees; they are made again from the leaves."""
        level = 1
        while (handle := self._handle(level)) is not None:
            os.ftruncate(handle, 0)
            level += 1

    @property
    def newest_note(self) -> str | None:
        """The newest signed checkpoint; None where none was made here."""
        path = self.path / _NOTE
        return path.read_text("utf-8") if path.exists() else None

    def keep_note(self, note: str) -> None:
        """Put the newest signed checkpoint into its place."""
        unfinished = self.path / f"{_NOTE}.{os.getpid()}"
        unfinished.write_text(note, "utf-8")
        publish(unfinished, self.path / _NOTE)

    def sync(self) -> None:
        """Make durable what is there."""
        for handle in self._files.values():
            os.fsync(handle)

    def _count(self, level: int) -> int:
        handle = self._handle(level)
        return 0 if handle is None else os.fstat(handle).st_size // HASH_BYTES

    def _handle(self, level: int, *, make: bool = False) -> int | None:
        handle = self._files.get(level)
        if handle is None:
            path = self.path / (f"nodes-{level}" if level else "leaves")
            if make:
                self.path.mkdir(parents=True, exist_ok=True)
            elif not path.exists():
                return None
            handle = os.open(path, os.O_RDWR | os.O_APPEND | (os.O_CREAT if make else 0), 0o600)
            self._files[level] = handle
        return handle


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
