"""The files of a log made good: after a crash, or where they are another database's.

Files are a copy of what the journal says; the chain of commits tells whether they are right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import structlog

from milepost.engine.proving import Archived, ChainLink, JournalRow, LogRow, NotaryStore
from milepost.notary.chain import first_head, head_after
from milepost.notary.folder import LogFolder
from milepost.notary.leaf import hashed, versions
from milepost.notary.suites import HASH_BYTES

log = structlog.get_logger()
CHUNK = 200


async def mend(store: NotaryStore, archive: Archived, one: LogRow, folder: LogFolder) -> bool:
    """Check the files since the last checkpoint, cut off what is wrong, and file what is missing.

    False where journal and history cannot give what is missing.
    """
    head, size = await _trusted(store, one, folder)
    head, size = await _checked(store, one, folder, head, size)
    if size < folder.size:
        log.warning("leaves_cut", log=tuple(one.key), had=folder.size, kept=size)
        folder.cut(size)
    return await _filled(store, archive, one, folder, head)


async def sound(store: NotaryStore, one: LogRow, folder: LogFolder, size: int) -> bool:
    """Whether the files since the last checkpoint are what was committed, up to a link's end."""
    head, checked = await _trusted(store, one, folder)
    return (await _checked(store, one, folder, head, checked, size))[1] >= size


async def _trusted(store: NotaryStore, one: LogRow, folder: LogFolder) -> tuple[bytes, int]:
    """The head and size of the newest checkpoint that the files agree with."""
    start = first_head(folder.suite, one.genesis), 0
    row = await store.last_checkpoint(one.key, folder.size)
    if row is None:
        return start
    link = await store.last_link(one.key, row.size)
    if link is None or link.end != row.size:
        return start
    try:
        agree = folder.tree(row.size).root() == row.root
    except LookupError:
        agree = False
    if not agree:
        folder.forget_nodes()  # perhaps only they are wrong; the leaves are looked at next
    return (link.head, row.size) if agree else start


async def _checked(
    store: NotaryStore,
    one: LogRow,
    folder: LogFolder,
    head: bytes,
    size: int,
    until: int | None = None,
) -> tuple[bytes, int]:
    """How far the files agree with the chain, from a head and size on."""
    while until is None or size < until:
        links = await store.links_from(one.key, size, CHUNK)
        for link in links:
            leaves = folder.read(0, link.first, link.end)
            if link.first != size or len(leaves) < link.leaves * HASH_BYTES:
                return head, size
            if _after(folder, head, link, leaves) != link.head:
                return head, size
            head, size = link.head, link.end
        if not links:
            break
    return head, size


async def _filled(
    store: NotaryStore, archive: Archived, one: LogRow, folder: LogFolder, head: bytes
) -> bool:
    while links := await store.links_from(one.key, folder.size, CHUNK):
        seqs = [link.seq for link in links]
        made = _made(folder, head, await store.rows_of(one.key.tenant, seqs), links)
        if not _agree(folder, head, links, made):  # some of it is sealed already
            sealed = await archive.rows_of(one.key.tenant, seqs)
            rows = await store.rows_of(one.key.tenant, seqs)
            made = _made(folder, head, [*rows, *sealed], links)
        for link in links:
            leaves, records = made[link.seq]
            if _after(folder, head, link, leaves) != link.head:
                log.error("journal_differs_from_log", log=tuple(one.key), seq=link.seq)
                return False
            # A commit may have been filed by itself meanwhile.
            if folder.size < link.end and not folder.append(link.first, leaves, records):
                return False
            head = link.head
    return True


def _made(
    folder: LogFolder, head: bytes, rows: Sequence[JournalRow], links: Sequence[ChainLink]
) -> dict[int, tuple[bytes, bytes]]:
    """Leaves and records of each commit, from its rows."""
    by_seq: dict[int, list[JournalRow]] = defaultdict(list)
    for row in rows:
        by_seq[row.seq].append(row)
    made = {}
    for link in links:
        made[link.seq] = _fitting(folder, head, by_seq[link.seq], link)
        head = link.head
    return made


def _fitting(
    folder: LogFolder, head: bytes, rows: Sequence[JournalRow], link: ChainLink
) -> tuple[bytes, bytes]:
    """With the bodies as long as they were then: all of a commit were packed alike."""
    bodies = [versions(one.body) for one in rows]
    found = _leaves(folder, rows, [some[0] for some in bodies], link.seq)
    for version in range(1, max(map(len, bodies), default=1)):
        if _after(folder, head, link, found[0]) == link.head:
            break
        used = [some[min(version, len(some) - 1)] for some in bodies]
        found = _leaves(folder, rows, used, link.seq)
    return found


def _agree(
    folder: LogFolder,
    head: bytes,
    links: Sequence[ChainLink],
    made: dict[int, tuple[bytes, bytes]],
) -> bool:
    for link in links:
        if _after(folder, head, link, made[link.seq][0]) != link.head:
            return False
        head = link.head
    return True


def _leaves(
    folder: LogFolder, rows: Sequence[JournalRow], bodies: Sequence[bytes], seq: int
) -> tuple[bytes, bytes]:
    found = hashed(folder.suite, [one.row for one in rows], bodies, seq)
    pairs = sorted(set(found))  # a sealed row may still be in the journal too
    return b"".join(leaf for leaf, _ in pairs), b"".join(record for _, record in pairs)


def _after(folder: LogFolder, head: bytes, link: ChainLink, leaves: bytes) -> bytes:
    return head_after(folder.suite, head, link.seq, link.first, link.leaves, link.at_us, leaves)
