"""Leaves, links and the files of a log."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import msgspec
import pytest
from notary_rows import KEY, NOW_US, TENANT, Growing, bodies, row

from milepost.domain.event import EventBody, pack_body
from milepost.engine.proving import Head, Installation, LogKey
from milepost.notary.chain import Linker, first_head, head_after
from milepost.notary.events import RUN, EventIndex
from milepost.notary.leaf import (
    LEAF_BYTES,
    BadLeafError,
    hashed,
    leaf_bytes,
    read_leaf,
    split,
    versions,
)
from milepost.notary.merkle import Frontier
from milepost.notary.suites import suite
from milepost.notary.tree import FAN

SHA = suite("sha256")


def test_a_leaf_is_laid_out_as_it_is_documented() -> None:
    one = row(1, offset_min=None, reference=-5, code=200)
    data = leaf_bytes(SHA, one, b"body", 9)

    assert len(data) == LEAF_BYTES
    assert data[:2] == bytes([1, 0b110])
    assert int.from_bytes(data[2:6], "big") == TENANT
    assert int.from_bytes(data[14:22], "big", signed=True) == one.event.fingerprint
    assert data[68:] == SHA.hash(b"body")
    leaf = read_leaf(data)
    assert (leaf.seq, leaf.offset_min, leaf.reference, leaf.raw) == (9, None, -5, 7)
    assert (leaf.code, leaf.received_us) == (200, NOW_US)


def test_null_is_not_zero() -> None:
    plain, zero = row(1, offset_min=None), row(1, offset_min=0)

    assert leaf_bytes(SHA, plain, b"", 1) != leaf_bytes(SHA, zero, b"", 1)


def test_fast_and_plain_hashing_are_the_same() -> None:
    rows = [
        row(1),
        row(2, offset_min=None),
        row(3, reference=8),
        msgspec.structs.replace(row(4), raw=None),
    ]
    found = hashed(SHA, rows, bodies(rows), 5)

    for one, body, (leaf, record) in zip(rows, bodies(rows), found, strict=True):
        data = leaf_bytes(SHA, one, body, 5)
        assert leaf == SHA.leaf(data)
        assert record == data[18:30]


@pytest.mark.parametrize("data", [b"", bytes(LEAF_BYTES), b"\x01" * 99])
def test_what_is_no_leaf_is_refused(data: bytes) -> None:
    with pytest.raises(BadLeafError):
        read_leaf(data)


def test_every_field_of_a_row_counts() -> None:
    one = row(1)
    names = ["parcel", "fingerprint", "at_us", "offset_min", "quality", "code", "received_us"]
    others = [row(1, **{name: getattr(one.event, name) + 1}) for name in names]
    found = {leaf_bytes(SHA, other, b"x", 1) for other in [one, *others]}
    found |= {leaf_bytes(SHA, one, b"y", 1), leaf_bytes(SHA, one, b"x", 2)}
    found |= {leaf_bytes(SHA, msgspec.structs.replace(one, raw=8), b"x", 1)}

    assert len(found) == len(names) + 4


def test_a_body_with_further_fields_gives_the_body_that_was() -> None:
    class Longer(EventBody, frozen=True, array_like=True, omit_defaults=True):
        new: int | None = None
        newer: str | None = None

    body = EventBody("MP1", "api", text="Arrived")
    grown = msgspec.msgpack.encode(Longer("MP1", "api", text="Arrived"))

    assert pack_body(body) in versions(grown)
    assert versions(pack_body(body)) == [pack_body(body)]
    used = msgspec.msgpack.encode(Longer("MP1", "api", new=3))
    assert len(versions(used)) == 2  # only what is unset at the end can be left out


@pytest.mark.parametrize("name", ["sha256", "sm3"])
def test_the_log_does_not_depend_on_the_order_within_a_commit(tmp_path: Path, name: str) -> None:
    rows = [row(serial) for serial in range(20)]
    first, second = Growing(tmp_path / "a", name), Growing(tmp_path / "b", name)

    first.commit(rows)
    second.commit(Random(1).sample(rows, 20))

    assert first.additions == second.additions


def test_a_head_follows_from_what_was_before(tmp_path: Path) -> None:
    log = Growing(tmp_path)
    one, two = log.commit([row(1), row(2)]), log.commit([row(3)])
    assert log.genesis is not None
    start = first_head(SHA, log.genesis)

    assert one.link.head == head_after(SHA, start, 1, 0, 2, NOW_US, one.leaves)
    assert two.link.head == head_after(SHA, one.link.head, 2, 2, 1, NOW_US, two.leaves)
    assert split(one.leaves) == sorted(split(one.leaves))
    assert log.folder.read(0, 0, 3) == one.leaves + two.leaves


def test_tenants_of_one_commit_have_logs_of_their_own(tmp_path: Path) -> None:
    linker = Linker(tmp_path)
    linker.open(Installation("here", 4, 9))
    rows = [row(1), row(2, tenant=8), row(3)]
    heads = {tenant: linker.begin(LogKey(tenant, 1), NOW_US) for tenant in (TENANT, 8)}

    additions = linker.link(1, 5, rows, bodies(rows), heads)

    assert [(one.link.tenant, one.link.leaves) for one in additions] == [(TENANT, 2), (8, 1)]
    genesis = heads[8].genesis
    assert genesis is not None
    assert b"tenant 8\nshard 1\nsuite sha256\n" in genesis
    assert genesis.endswith(b"commits-before 4\nevents-before 9\n")


def test_files_grow_and_give_the_tree(tmp_path: Path) -> None:
    log, frontier = Growing(tmp_path), Frontier(SHA)
    for start in range(0, 700, 70):
        for leaf in split(log.commit([row(start + n) for n in range(70)]).leaves):
            frontier.add(leaf)

    before = log.folder.tree(700).root()
    assert sum(1 for _ in log.folder.grow()) == 700 // FAN
    assert log.folder.read(1, 0, 9) != b""
    assert before == log.folder.tree(700).root() == frontier.root()

    log.folder.cut(300)
    assert log.folder.size == 300
    assert len(log.folder.read(1, 0, 9)) == 32


def test_what_does_not_follow_is_not_filed(tmp_path: Path) -> None:
    log = Growing(tmp_path)
    log.commit([row(1)])

    assert not log.folder.append(5, bytes(32), bytes(12))
    assert not log.folder.append(0, bytes(32), bytes(12))
    assert log.folder.size == 1


def test_a_folder_that_cannot_be_written_stops_no_commit(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("in the way")
    log = Growing(tmp_path)

    log.commit([row(1)])
    assert log.head == Head("sha256", 1, log.head.head)


def test_many_logs_keep_few_files_open(tmp_path: Path) -> None:
    linker = Linker(tmp_path)
    linker.open(Installation("here", 0, 0))
    before = len(os.listdir("/proc/self/fd"))

    for tenant in range(300):
        linker.folders.of(LogKey(tenant, 0), "sha256").append(0, bytes(32), bytes(12))

    assert len(os.listdir("/proc/self/fd")) - before < 300
    assert all(linker.folders.of(LogKey(t, 0), "sha256").size == 1 for t in (0, 150, 299))
    linker.folders.close()


def test_events_are_found_before_and_after_sorting(tmp_path: Path) -> None:
    random = Random(7)
    events = [(random.getrandbits(64), random.getrandbits(63)) for _ in range(RUN + 1_000)]
    index = EventIndex(tmp_path)
    records = [(print_ & 0xFFFFFFFF).to_bytes(4, "big") + parcel.to_bytes(8, "big")
               for print_, parcel in events]  # fmt: skip
    for at in range(0, len(records), 999):
        index.add(b"".join(records[at : at + 999]))
    probes = [*events[:20], *events[RUN - 5 : RUN + 5], *events[-20:]]

    assert all(parcel in index.find(print_) for print_, parcel in probes)
    assert index.record(RUN + 3) == (events[RUN + 3][0] & 0xFFFFFFFF, events[RUN + 3][1])
    assert index.sort() == 1
    assert index.sort() == 0
    assert all(parcel in index.find(print_) for print_, parcel in probes)
    assert index.find(random.getrandbits(64)) == []
    lowest, highest = (min(events[:RUN], key=_half), max(events[:RUN], key=_half))
    assert all(parcel in index.find(print_) for print_, parcel in (lowest, highest))
    again = EventIndex(tmp_path)  # as after a restart
    again.add(b"".join(records[:3]))
    assert events[0][1] in again.find(events[0][0])
    assert events[-1][1] in again.find(events[-1][0])


def _half(event: tuple[int, int]) -> int:
    return event[0] & 0xFFFFFFFF


def test_keys_that_are_no_hashes_are_found_too(tmp_path: Path) -> None:
    index = EventIndex(tmp_path)
    index.add(b"".join(n.to_bytes(4, "big") + n.to_bytes(8, "big") for n in range(RUN)))
    assert index.sort() == 1

    assert [index.find(n) for n in (0, 1, 700, RUN // 2, RUN - 1)] == [
        [0], [1], [700], [RUN // 2], [RUN - 1]
    ]  # fmt: skip
    assert index.find(RUN) == []


def test_a_key_of_a_log_is_its_tenant_and_shard() -> None:
    assert KEY == (TENANT, 0)
