"""What the notary and the commit rely on in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from milepost.engine.proving import CheckpointRow, LogKey
from milepost.engine.rows import Group
from milepost.notary.chain import Linker, first_head, head_after
from milepost.notary.leaf import hashed, split
from milepost.notary.mending import mend, sound
from milepost.notary.suites import suite
from milepost.stores.postgres.chaining import PostgresChain
from milepost.stores.postgres.ledger import PostgresLedger
from milepost.stores.postgres.notary import PostgresNotary
from milepost.stores.postgres.pool import Pool
from unit.notary.notary_rows import KEY, TENANT, row

pytest_plugins = ["pg"]
SHA = suite("sha256")


class Store:
    """A ledger with its chain, and what reads it."""

    def __init__(self, url: str, folder: Path, suite_name: str = "sha256") -> None:
        async def ensure() -> str:
            return url

        self.pool = Pool(ensure)
        self.linker = Linker(folder, suite_name)
        self.ledger = PostgresLedger(self.pool, PostgresChain(self.linker))
        self.notary = PostgresNotary(self.pool)

    async def take(self, *serials: int, shard: int = 0, tenant: int = TENANT) -> int:
        rows = [row(serial, tenant) for serial in serials]
        return await self.ledger.commit(shard, Group(rows=rows))

    def folder(self, key: LogKey = KEY, name: str = "sha256"):  # type: ignore[no-untyped-def]
        return self.linker.folders.of(key, name)

    async def sql(self, query: str, *values: object) -> list[asyncpg.Record]:
        async with self.pool.connection() as connection:
            return list(await connection.fetch(query, *values))


class Nothing:
    """A history that is empty."""

    async def rows(self, tenant: int, parcel: int) -> list[object]:
        return []

    async def rows_of(self, tenant: int, seqs: object) -> list[object]:
        return []


@pytest.fixture
async def store(store_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    one = Store(store_url, tmp_path)
    await one.ledger.open()
    yield one
    await one.pool.close()


async def test_a_commit_lengthens_the_chain(store: Store) -> None:
    first, second = await store.take(1, 2, 3), await store.take(4)

    links = await store.notary.links_from(KEY, 0, 10)
    [log] = await store.notary.logs(TENANT)
    assert [(one.seq, one.first, one.leaves) for one in links] == [(first, 0, 3), (second, 3, 1)]
    head = first_head(SHA, log.genesis)
    for link in links:
        rows = await store.notary.rows_of(TENANT, [link.seq])
        pairs = hashed(SHA, [one.row for one in rows], [one.body for one in rows], link.seq)
        leaves = b"".join(leaf for leaf, _ in sorted(pairs))
        head = head_after(SHA, head, link.seq, link.first, link.leaves, link.at_us, leaves)
        assert head == link.head
        assert store.folder().read(0, link.first, link.end) == leaves
    assert await store.notary.link_of(TENANT, second) == links[1]
    assert await store.notary.link_of(TENANT + 1, second) is None
    assert await store.notary.last_link(KEY) == links[1]
    assert await store.notary.last_link(KEY, 3) == links[0]
    assert await store.notary.last_link(KEY, 2) is None


async def test_each_tenant_and_shard_has_its_log(store: Store) -> None:
    await store.ledger.commit(0, Group(rows=[row(1), row(2, tenant=9), row(3)]))
    await store.take(4, shard=1)

    logs = [log.key for log in await store.notary.logs()]
    assert logs == [(TENANT, 0), (TENANT, 1), (9, 0)]
    assert [log.key for log in await store.notary.logs(9)] == [(9, 0)]
    assert store.folder(LogKey(9, 0)).size == 1


async def test_another_server_goes_on_where_the_last_one_ended(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    await store.take(1, 2)
    other = Store(store_url, tmp_path, "sm3")  # only logs that are begun now would be of SM3
    await other.ledger.open()
    await other.take(3)
    await other.take(4, tenant=9)

    links = await store.notary.links_from(KEY, 0, 10)
    assert [link.end for link in links] == [2, 3]
    assert await sound(store.notary, (await store.notary.logs(TENANT))[0], store.folder(), 3)
    assert [log.suite for log in await store.notary.logs()] == ["sha256", "sm3"]
    await other.pool.close()


async def test_two_that_think_they_own_a_shard_do_not_fork_its_log(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    other = Store(store_url, tmp_path)
    await other.ledger.open()
    await store.take(1)
    await other.take(2)
    group = Group(rows=[row(3)])

    with pytest.raises(asyncpg.UniqueViolationError):
        await store.ledger.commit(0, group)
    await store.ledger.commit(0, group)  # as the committer does
    assert [link.end for link in await store.notary.links_from(KEY, 0, 9)] == [1, 2, 3]
    assert len(await store.sql("SELECT 1 FROM journal")) == 3
    await other.pool.close()


async def test_a_commit_that_is_tried_again_is_chained_once(store: Store) -> None:
    group = Group(rows=[row(1)])
    await store.ledger.commit(0, group)
    await store.ledger.commit(0, group)
    late = Group(rows=[row(2)])
    late.seq = 4_711
    await asyncio.gather(*(store.ledger.commit(0, late) for _ in range(3)))
    await store.take(3)

    links = await store.notary.links_from(KEY, 0, 9)
    assert [link.end for link in links] == [1, 2, 3]
    assert store.folder().size == 3


async def test_a_commit_that_fails_leaves_no_trace(store: Store) -> None:
    await store.take(1)
    bad = row(2, offset_min=99_999)

    with pytest.raises(Exception, match=r"short|smallint|range|format"):
        await store.ledger.commit(0, Group(rows=[bad]))
    await store.take(3)
    assert [link.end for link in await store.notary.links_from(KEY, 0, 9)] == [1, 2]
    assert store.folder().size == 2


async def test_an_older_database_begins_its_logs_now(store_url: str, tmp_path: Path) -> None:
    older = Store(store_url, tmp_path)
    older.ledger._chain = None  # as the version before committed
    await older.take(1, 2)
    await older.sql(
        "UPDATE notary_start SET installation = NULL, commits_before = c.seq, events_before = c.n "
        "FROM (SELECT max(seq) AS seq, sum(events) AS n FROM journal_commit) AS c"
    )
    newer = Store(store_url, tmp_path)
    await newer.ledger.open()
    await newer.take(3)

    [log] = await newer.notary.logs()
    assert log.genesis.endswith(b"commits-before 1\nevents-before 2\n")
    assert await newer.notary.link_of(TENANT, 1) is None
    for one in (older, newer):
        await one.pool.close()


@pytest.mark.parametrize("kept", [0, 1, 2, 5])
async def test_files_are_mended_from_the_journal(store: Store, tmp_path: Path, kept: int) -> None:
    for start in range(0, 10, 2):
        await store.take(start, start + 1)
    folder, [log] = store.folder(), await store.notary.logs()
    whole = folder.read(0, 0, 10)
    folder.cut(kept)
    folder.append(kept, bytes(32), bytes(12))  # as a crash may leave it

    assert not await sound(store.notary, log, folder, 10)
    assert await mend(store.notary, Nothing(), log, folder)  # type: ignore[arg-type]
    assert folder.read(0, 0, 11) == whole
    assert await sound(store.notary, log, folder, 10)


async def test_nothing_is_mended_from_a_journal_that_was_changed(store: Store) -> None:
    await store.take(1, 2)
    await store.take(3)
    folder, [log] = store.folder(), await store.notary.logs()
    folder.cut(0)
    await store.sql("UPDATE journal SET at_us = 0 WHERE seq = (SELECT min(seq) FROM journal)")

    assert not await mend(store.notary, Nothing(), log, folder)  # type: ignore[arg-type]
    assert folder.size == 0


async def test_commits_go_on_while_files_are_behind(store: Store) -> None:
    await store.take(1)
    store.folder().cut(0)
    await store.take(2)
    assert store.folder().size == 0
    [log] = await store.notary.logs()
    await mend(store.notary, Nothing(), log, store.folder())  # type: ignore[arg-type]
    await store.take(3)

    assert store.folder().size == 3
    assert len(set(split(store.folder().read(0, 0, 3)))) == 3


async def test_checkpoints_and_anchors_come_back(store: Store) -> None:
    def made(size: int, shard: int = 0) -> CheckpointRow:
        return CheckpointRow(0, TENANT, shard, size, bytes(32), f"note {size}", 7)

    rows = await store.notary.add_checkpoints([made(3), made(9), made(4, shard=1)])
    ids = [one.id for one in rows]
    assert [one.id for one in await store.notary.checkpoints(TENANT)] == ids[::-1]
    assert await store.notary.checkpoints(TENANT, before=ids[1], limit=5) == [rows[0]]
    assert await store.notary.checkpoints(TENANT + 1) == []
    assert await store.notary.checkpoint_at(KEY, 4) == rows[1]
    assert await store.notary.checkpoint_of(KEY, 3) == rows[0]
    assert await store.notary.last_checkpoint(KEY) == rows[1]
    assert await store.notary.last_checkpoint(KEY, 8) == rows[0]

    assert [one.id for one in await store.notary.unanchored()] == [ids[1], ids[2]]
    number = await store.notary.add_anchor(b"r" * 32, b"l" * 64, 8, ids[1:])
    await store.notary.add_receipt(number, {"kind": "made up"})
    found = await store.notary.anchor(number)
    assert found is not None
    assert (found.root, found.receipts) == (b"r" * 32, [{"kind": "made up"}])
    assert await store.notary.unanchored() == []
    again = await store.notary.checkpoint_of(LogKey(TENANT, 1), 4)
    assert again is not None
    assert (again.anchor, again.place) == (number, 1)
    assert await store.notary.anchor(number + 1) is None
