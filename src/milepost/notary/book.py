"""One log as an audit goes through it: its links, its leaves, and which of them have a row."""

from __future__ import annotations

import mmap
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from milepost.domain.event import unpack_body
from milepost.engine.proving import ChainLink, LogRow
from milepost.notary.chain import first_head, head_after
from milepost.notary.faults import Fault, Kind
from milepost.notary.folder import LogFolder
from milepost.notary.leaf import split
from milepost.notary.merkle import Frontier
from milepost.notary.suites import HASH_BYTES

BOTH = "journal and history"


class Stray(NamedTuple):
    """A row as it would be named. `body`: packed, to read the number from."""

    where: str
    seq: int
    event: str
    body: bytes

    @property
    def number(self) -> str | None:
        """The tracking number, if it can still be read."""
        try:
            return unpack_body(self.body).number
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


class Book:
    """What is known of one log. Links come first, then rows in any order, then the verdict."""

    def __init__(self, log: LogRow, folder: LogFolder) -> None:
        self.log = log
        self.folder = folder
        self.seqs, self.firsts, self.ends, self.times = (array("q") for _ in range(4))
        self.size = 0
        self.faults: list[Fault] = []
        self.retired = 0
        self._heads = [first_head(folder.suite, log.genesis)]
        self._gaps: list[tuple[int, int]] = []
        # Links that the files do not vouch for: their heads, and the leaves that rows give.
        self._open: dict[int, tuple[bytes, ChainLink]] = {}
        self._given: dict[int, list[tuple[bytes, Stray]]] = defaultdict(list)
        # Leaves that the files lack, from rows that fit the chain.
        self._made: dict[int, bytes] = {}
        self._strays: dict[int, list[Stray]] = defaultdict(list)
        self._filed = folder.size
        self._data = _mapped(folder)
        self._seen = bytearray()
        self._doubled: list[tuple[int, Stray]] = []

    def add(self, link: ChainLink) -> None:
        """The next link."""
        whole = link.first == self.size
        if not whole or (self.seqs and link.seq <= self.seqs[-1]):
            self._fault("chain", self.size, link.seq, "notary_link", "a link is missing or extra")
            self._gaps.append((self.size, link.first))
        filed = self.folder.read(0, link.first, link.end)
        full = len(filed) == link.leaves * HASH_BYTES
        # Where the head before was changed, this link still fits what it should have been.
        heads = [self._after(before, link, filed) for before in self._heads]
        if not full or (whole and link.head not in heads):
            self._open[link.seq] = self._heads[0], link
        self._heads = [link.head, *heads[:1]] if full else [link.head]
        self.seqs.append(link.seq)
        self.firsts.append(link.first)
        self.ends.append(link.end)
        self.times.append(link.at_us)
        self.size = link.end

    def ready(self) -> None:
        """All links are there; rows may come."""
        self._seen = bytearray(self.size)
        for first, end in self._gaps:
            self._seen[first:end] = b"\xff" * max(0, end - first)
        if self._filed > self.size:
            detail = f"the files have {self._filed - self.size} leaves more than it"
            seq = self.seqs[-1] if self.seqs else 0
            self._fault("chain", self.size, seq, "notary_link", detail)

    def has(self, seq: int) -> bool:
        at = bisect_left(self.seqs, seq)
        return at < len(self.seqs) and self.seqs[at] == seq

    def take(self, leaves: Sequence[bytes], stray: Stray, mark: int) -> None:
        """A row of one of this log's commits, which may have one of some leaves. `mark`: 1 from
        the journal, 2 from the history.
        """
        if stray.seq in self._open:
            self._given[stray.seq].append((leaves[0], stray))
            return
        at = bisect_left(self.seqs, stray.seq)
        first, end = self.firsts[at], self.ends[at]
        places = (self._position(leaf, first, end) for leaf in leaves)
        index = next((place for place in places if place is not None), None)
        if index is None:
            self._strays[stray.seq].append(stray)
        elif self._seen[index] & mark & 1:
            self._doubled.append((index, stray))
        else:
            self._seen[index] |= mark

    def verdict(self, kept_from_us: int) -> Iterator[Fault]:
        """All faults; leaves from before `kept_from_us` may be past their retention."""
        yield from self.faults
        for seq in self._open:
            yield from self._settle(seq)
        for index, stray in self._doubled:
            yield self._named("inserted", index, stray, "a second time")
        missing: dict[int, list[int]] = defaultdict(list)
        at = self._seen.find(0)
        while at >= 0:
            seq = self._seq_at(at)
            if seq not in self._open:
                missing[seq].append(at)
            at = self._seen.find(0, at + 1)
        for seq in sorted(missing.keys() | self._strays.keys()):
            yield from self._pair(seq, missing[seq], self._strays.get(seq, []), kept_from_us)

    def roots(self, sizes: Iterable[int]) -> dict[int, bytes]:
        """The roots at some sizes, as far as the leaves are known. After the verdict."""
        if not self._made:
            return {size: self.folder.tree(size).root() for size in sizes if size <= self._filed}
        wanted, found, frontier = set(sizes), {}, Frontier(self.folder.suite)
        for seq, first, end in zip(self.seqs, self.firsts, self.ends, strict=True):
            for leaf in split(self._made.get(seq) or self.folder.read(0, first, end)):
                frontier.add(leaf)
                if frontier.size in wanted:
                    found[frontier.size] = frontier.root()
        return found

    def _pair(
        self, seq: int, missing: list[int], strays: list[Stray], kept_from_us: int
    ) -> Iterator[Fault]:
        place = bisect_left(self.seqs, seq)
        for number, stray in enumerate(strays):
            changed = number < len(missing)
            index = missing[number] if changed else self.firsts[place]
            yield self._named("changed" if changed else "inserted", index, stray)
        for index in missing[len(strays) :]:
            if self.times[place] < kept_from_us:
                self.retired += 1
            else:
                yield Fault(
                    kind="removed", where=BOTH, tenant=self.log.key.tenant,
                    shard=self.log.key.shard, index=index, seq=seq,
                )  # fmt: skip

    def _settle(self, seq: int) -> Iterator[Fault]:
        """A link that the files do not vouch for: do the rows?"""
        before, link = self._open[seq]
        given = self._given.get(seq, [])
        leaves = sorted(dict.fromkeys(leaf for leaf, _ in given))
        filed = self.folder.read(0, link.first, link.end)
        if self._after(before, link, b"".join(leaves)) == link.head:
            self._made[seq] = b"".join(leaves)
            if len(filed) == link.leaves * HASH_BYTES:
                yield self._told("files", link, str(self.folder.path / "leaves"))
        elif filed == b"".join(leaves):
            yield self._told("chain", link, "notary_link")
        else:
            known = Counter(filed[at : at + HASH_BYTES] for at in range(0, len(filed), HASH_BYTES))
            odd = [stray for leaf, stray in given if leaf not in known] or [s for _, s in given]
            detail = "or another of its commit" if len(odd) > 1 else ""
            kind: Kind = "changed" if len(given) >= link.leaves else "removed"
            if len(leaves) > link.leaves:
                kind = "inserted"
            if odd and kind != "removed":
                yield self._named(kind, link.first, odd[0], detail)
            else:
                yield self._told("removed", link, BOTH)

    def _position(self, leaf: bytes, first: int, end: int) -> int | None:
        data, low, high = self._data, first, end
        while low < high:
            middle = (low + high) // 2
            if data[middle * HASH_BYTES : (middle + 1) * HASH_BYTES] < leaf:
                low = middle + 1
            else:
                high = middle
        found = low < end and data[low * HASH_BYTES : (low + 1) * HASH_BYTES] == leaf
        return low if found else None

    def _seq_at(self, index: int) -> int:
        at = bisect_left(self.firsts, index)
        if at == len(self.firsts) or self.firsts[at] != index:
            at -= 1
        return self.seqs[at]

    def _after(self, before: bytes, link: ChainLink, leaves: bytes) -> bytes:
        return head_after(
            self.folder.suite, before, link.seq, link.first, link.leaves, link.at_us, leaves
        )

    def _named(self, kind: Kind, index: int, stray: Stray, detail: str = "") -> Fault:
        return Fault(
            kind=kind, where=stray.where, tenant=self.log.key.tenant, shard=self.log.key.shard,
            index=index, seq=stray.seq, event=stray.event, number=stray.number, detail=detail,
        )  # fmt: skip

    def _told(self, kind: Kind, link: ChainLink, where: str) -> Fault:
        return Fault(
            kind=kind, where=where, tenant=link.tenant, shard=link.shard, index=link.first,
            seq=link.seq,
        )  # fmt: skip

    def _fault(self, kind: Kind, index: int, seq: int, where: str, detail: str) -> None:
        key = self.log.key
        self.faults.append(
            Fault(
                kind=kind,
                where=where,
                tenant=key.tenant,
                shard=key.shard,
                index=index,
                seq=seq,
                detail=detail,
            )
        )


def _mapped(folder: LogFolder) -> bytes | mmap.mmap:
    path = folder.path / "leaves"
    if not path.exists() or path.stat().st_size == 0:
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
