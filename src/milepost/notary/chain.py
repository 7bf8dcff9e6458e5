"""Links of the chain: what a commit adds to the logs of its tenants, and where that is filed.

    first head = H(0x03 ‖ genesis)
    head       = H(0x02 ‖ head before ‖ seq ‖ first ‖ count ‖ at_us ‖ leaf hashes, ascending)

with the four numbers as i64, big endian. Interior nodes of the tree are not made here: that is
left to the background, and costs a commit nothing.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import structlog

from milepost.domain.moment import to_text
from milepost.engine.proving import Addition, ChainLink, Head, Installation, LogKey
from milepost.engine.rows import Row
from milepost.notary.folder import LogFolder
from milepost.notary.leaf import hashed
from milepost.notary.suites import DEFAULT, Suite, suite

log = structlog.get_logger()
MOST_OPEN = 128
_NUMBERS = struct.Struct(">qqqq")
_GENESIS = """milepost-journal/1
installation {name}
tenant {tenant}
shard {shard}
suite {suite}
begun {begun}
commits-before {commits}
events-before {events}
"""


def head_after(
    suite: Suite, before: bytes, seq: int, first: int, count: int, at_us: int, leaves: bytes
) -> bytes:
    """The head of a chain after one more link."""
    return suite.hash(b"\x02" + before + _NUMBERS.pack(seq, first, count, at_us) + leaves)


def first_head(suite: Suite, genesis: bytes) -> bytes:
    """The head of a chain that has no link yet."""
    return suite.hash(b"\x03" + genesis)


class Folders:
    """The folders of all logs of one installation; few are open at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._open: OrderedDict[LogKey, LogFolder] = OrderedDict()

    def of(self, key: LogKey, suite_name: str) -> LogFolder:
        """The folder of a log, open."""
        folder = self._open.get(key)
        if folder is None:
            folder = LogFolder(self.root / f"{key.tenant}-{key.shard}", suite(suite_name))
            self._open[key] = folder
            if len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)[1].close()
        self._open.move_to_end(key)
        return folder

    def close(self) -> None:
        for folder in self._open.values():
            folder.close()
        self._open.clear()


class Linker:
    """See `engine.proving.Linker`. `changed` are the logs that have leaves to be worked up."""

    def __init__(self, root: Path, suite_name: str = DEFAULT) -> None:
        self._root = root
        self._suite = suite(suite_name)
        self.installation = Installation("", 0, 0)
        self.folders = Folders(root)
        self.changed: set[LogKey] = set()
        self._suites: dict[LogKey, str] = {}

    def open(self, installation: Installation) -> None:
        self.installation = installation
        self.folders = Folders(self._root / installation.name)

    def begin(self, key: LogKey, at_us: int) -> Head:
        one = self.installation
        genesis = _GENESIS.format(
            name=one.name, tenant=key.tenant, shard=key.shard, suite=self._suite.name,
            begun=to_text(at_us, 0), commits=one.commits_before, events=one.events_before,
        ).encode()  # fmt: skip
        return Head(self._suite.name, 0, first_head(self._suite, genesis), genesis)

    def link(
        self,
        shard: int,
        seq: int,
        rows: Sequence[Row],
        bodies: Sequence[bytes],
        heads: dict[int, Head],
    ) -> list[Addition]:
        if len(heads) == 1:
            return [self._link(LogKey(tenant, shard), head, seq, rows, bodies)
                    for tenant, head in heads.items()]  # fmt: skip
        parts: dict[int, tuple[list[Row], list[bytes]]] = {tenant: ([], []) for tenant in heads}
        for row, body in zip(rows, bodies, strict=True):
            mine, theirs = parts[row.tenant]
            mine.append(row)
            theirs.append(body)
        return [self._link(LogKey(tenant, shard), heads[tenant], seq, *part)
                for tenant, part in parts.items()]  # fmt: skip

    def _link(
        self, key: LogKey, before: Head, seq: int, rows: Sequence[Row], bodies: Sequence[bytes]
    ) -> Addition:
        used = suite(before.suite)
        self._suites[key] = before.suite
        pairs = hashed(used, rows, bodies, seq)
        pairs.sort()
        leaves = b"".join([leaf for leaf, _ in pairs])
        at_us = max([row.event.received_us for row in rows])
        head = head_after(used, before.head, seq, before.size, len(rows), at_us, leaves)
        link = ChainLink(key.tenant, key.shard, seq, before.size, len(rows), at_us, head)
        return Addition(link, leaves, b"".join([record for _, record in pairs]))

    def keep(self, addition: Addition) -> None:
        link = addition.link
        key, name = link.log, self._suites.get(link.log, self._suite.name)
        self.changed.add(key)
        try:
            kept = self.folders.of(key, name).append(link.first, addition.leaves, addition.records)
        except OSError as error:
            log.warning("leaves_not_filed", log=tuple(key), seq=link.seq, error=repr(error))
        else:
            if not kept:
                log.info("leaves_behind", log=tuple(key), seq=link.seq)
