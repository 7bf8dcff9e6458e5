"""The vault: what goes in comes out, to its tenant only, unless changed or erased. Both suites."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import zstandard

from milepost.engine.evidence.desk import Detail, Piece, Position
from milepost.engine.personal import Target
from milepost.engine.rows import Group, Mention, Raw, Verbatim
from milepost.engine.vault import Item
from milepost.stores.postgres.committing import Private
from milepost.stores.postgres.erasing import PostgresErasing
from milepost.stores.postgres.evidence import PostgresEvidence
from milepost.stores.postgres.keyring import Keyring
from milepost.stores.postgres.ledger import PostgresLedger
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.raws import PostgresRaws, RawSealing
from milepost.stores.postgres.texts import PostgresTexts
from milepost.stores.postgres.vault import PostgresVault
from milepost.stores.sealer import Sealer, SealError
from milepost.stores.vaulting import Suite

pytest_plugins = ["pg"]
NOW_US = 1_795_000_000_000_000
ME, OTHER, ROAD = 1, 2, 4711
PHONE = "+49 171 5550 123"


class World:
    """Everything that keeps personal data, over one database."""

    def __init__(self, url: str, suite: Suite, folder: Path) -> None:
        async def ensure() -> str:
            return url

        sealer = Sealer(bytes(range(32)))
        self.url = url
        self.pool = Pool(ensure, size=3)
        self.keyring = Keyring(lambda: sealer, suite)
        private = Private(PostgresTexts(self.keyring), RawSealing(lambda: sealer, suite))
        self.ledger = PostgresLedger(self.pool, private=private)
        self.vault = PostgresVault(self.pool, sealer, suite)
        self.raws = PostgresRaws(lambda: sealer)
        self.evidence = PostgresEvidence(self.pool, self.keyring, folder)
        self.erasing = PostgresErasing(self.pool, self.raws, self._archived, self.evidence.unlink)

    async def _archived(self, _tenant: int, _roads: Any) -> set[int]:
        return set()

    async def sql(self, query: str, *values: Any) -> list[Any]:
        async with self.pool.connection() as connection:
            return list(await connection.fetch(query, *values))

    async def raw(self, number: int, tenant: int = ME) -> bytes:
        async with self.pool.connection() as connection:
            (found,) = await self.raws.read(connection, tenant, [number])
        return found.body


@pytest_asyncio.fixture(params=["aes256gcm", "sm4gcm"])
async def world(
    request: pytest.FixtureRequest, store_url: str, tmp_path: Path
) -> AsyncIterator[World]:
    one = World(store_url, request.param, tmp_path)
    await one.sql("INSERT INTO tenant (name) VALUES ('me'), ('other')")
    yield one
    await one.pool.close()


def said(text: str, fingerprint: int = 11) -> Verbatim:
    return Verbatim(ME, ROAD, fingerprint, {"text": text})


def payload(number: int, body: bytes) -> Raw:
    return Raw(number, ME, "api", "application/json", NOW_US, zstandard.compress(body))


async def test_fields_come_back_to_their_tenant_and_are_found_by_phone(world: World) -> None:
    reference = await world.vault.put(ME, ROAD, {"phone": PHONE, "name": "made up"})
    assert await world.vault.get(ME, [reference]) == {
        reference: {"phone": PHONE, "name": "made up"}}  # fmt: skip
    assert await world.vault.get(OTHER, [reference]) == {}
    assert await world.vault.find(ME, "phone", "01715550123") == [ROAD]
    assert await world.vault.find(OTHER, "phone", PHONE) == []
    (index,) = await world.sql("SELECT digest FROM vault_index WHERE tenant = 1 LIMIT 1")
    assert len(index["digest"]) == 16


async def test_what_takes_the_place_of_another_is_found_and_the_other_not(world: World) -> None:
    await world.vault.put(ME, ROAD, {"phone": "0171 5550 777"})
    for phone in (PHONE, "0171 5550 999"):
        await world.vault.keep(ME, ROAD, "consignee:1", {"phone": phone})
    assert await world.vault.find(ME, "phone", PHONE) == []
    assert await world.vault.find(ME, "phone", "01715550999") == [ROAD]
    assert await world.vault.find(ME, "phone", "01715550777") == [ROAD]


async def test_many_are_kept_together_each_under_its_own_key(world: World) -> None:
    await world.vault.keep(ME, ROAD + 3, "consignee:3", {"phone": PHONE})
    items = [Item(ROAD + n, f"consignee:{n}", {"name": f"made up {n}"}) for n in range(9)]
    ours = [*items, Item(ROAD, "consignee:0", {"name": "the last"}),
            Item(ROAD, "consignor:0", {"phone": PHONE})]  # fmt: skip

    await asyncio.gather(*(world.vault.keep_all(ME, ours[:: 1 - 2 * n]) for n in (0, 1)))
    await world.vault.keep_all(ME, ours)

    assert await world.vault.of(ME, ROAD) == {
        "consignee:0": {"name": "the last"}, "consignor:0": {"phone": PHONE}}  # fmt: skip
    assert await world.vault.of(ME, ROAD + 8) == {"consignee:8": {"name": "made up 8"}}
    assert await world.vault.find(ME, "phone", PHONE) == [ROAD]
    assert await world.vault.find(ME, "name", "Made Up 3") == [ROAD + 3]
    assert await world.vault.find(ME, "name", "made up 0") == []
    (keys,) = await world.sql("SELECT count(*), count(DISTINCT wrapped) AS own FROM vault_key")
    assert tuple(keys) == (9, 9)


async def test_an_item_that_was_changed_or_moved_does_not_open(world: World) -> None:
    one = await world.vault.put(ME, ROAD, {"name": "made up"})
    two = await world.vault.put(ME, ROAD, {"name": "another"})
    await world.sql("UPDATE vault_item SET sealed = (SELECT sealed FROM vault_item "
                    "WHERE reference = $1) WHERE reference = $2", one, two)  # fmt: skip
    with pytest.raises(SealError):
        await world.vault.get(ME, [two])


async def test_texts_are_sealed_in_the_commit_and_open_by_event(world: World) -> None:
    group = Group(facts=[], sealed=[said("a 13912345678"), said("b", 12)], raws=[payload(1, b"[]")])
    await world.ledger.commit(0, group)
    assert await world.ledger.verbatim(ME, [ROAD]) == {
        11: {"text": "a 13912345678"}, 12: {"text": "b"}}  # fmt: skip
    assert await world.ledger.verbatim(OTHER, [ROAD]) == {}
    assert len(await world.sql("SELECT FROM vault_text")) == 1
    await world.sql("UPDATE vault_text SET sealed = set_byte(sealed, 20, "
                    "get_byte(sealed, 20) # 1)")  # fmt: skip
    assert await world.ledger.verbatim(ME, [ROAD]) == {}


async def test_a_failed_commit_leaves_no_key_behind_that_is_not_durable(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = Group(raws=[payload(1, b"[1]")], sealed=[said("a")])
    with monkeypatch.context() as patch:

        async def broken(*_: object) -> None:
            raise ConnectionError("made up")

        patch.setattr("milepost.stores.postgres.committing._write_small", broken)
        with pytest.raises(ConnectionError):
            await world.ledger.commit(0, group)
    assert await world.sql("SELECT FROM raw_key") == []
    await world.ledger.commit(0, group)
    await world.ledger.commit(0, Group(raws=[payload(2, b"[2]")], sealed=[said("b", 12)]))
    assert [await world.raw(1), await world.raw(2)] == [b"[1]", b"[2]"]
    assert len(await world.ledger.verbatim(ME, [ROAD])) == 2


async def test_raws_are_sealed_bound_to_their_id_and_old_ones_still_read(world: World) -> None:
    group = Group(raws=[payload(1, b'["made up 13912345678"]'), payload(2, b"[]")])
    await world.ledger.commit(0, group)
    rows = await world.sql("SELECT id, body FROM raw ORDER BY id")
    assert b"made up" not in rows[0]["body"]
    assert await world.raw(1) == b'["made up 13912345678"]'
    await world.sql("UPDATE raw SET body = $1 WHERE id = 2", rows[0]["body"])
    with pytest.raises(SealError):
        await world.raw(2)
    await world.sql("UPDATE raw SET body = $1 WHERE id = 2", payload(2, b"old").body)
    assert await world.raw(2) == b"old"


async def test_erasing_destroys_the_key_and_empties_what_spoke_of_the_road(
    world: World, tmp_path: Path
) -> None:
    await world.vault.put(ME, ROAD, {"phone": PHONE})
    other = await world.vault.put(ME, ROAD + 1, {"phone": PHONE})
    body = b'[{"number": "YT1000000001"}, {"number": "YT1000000002"}]'
    group = Group(raws=[payload(1, body)], sealed=[said("a")], mentions=[Mention(ME, ROAD, 1)] * 2)
    await world.ledger.commit(0, group)
    piece = Piece("ab" * 12, "photograph", "image/png", 300_000, NOW_US,
                  Detail(Position(1.0, 2.0)))  # fmt: skip
    await world.evidence.add(ME, ROAD, piece, bytes(300_000))
    assert (await world.evidence.open(ME, piece.id)) == (piece, ROAD, bytes(300_000))
    await world.erasing.erase(ME, Target((ROAD,), ("YT1000000001",)), "key 9")
    assert await world.vault.of(ME, ROAD) == {}
    assert await world.vault.find(ME, "phone", PHONE) == [ROAD + 1]
    assert len(await world.vault.get(ME, [other])) == 1
    assert await world.ledger.verbatim(ME, [ROAD]) == {}
    assert await world.evidence.open(ME, piece.id) is None
    assert await asyncio.to_thread(_files, tmp_path) == []
    assert await world.raw(1) == b'[{"number":"YT1000000002"}]'
    (row,) = await world.sql("SELECT actor, done_at FROM vault_erased")
    assert row["actor"] == "key 9"
    assert row["done_at"] is not None


async def test_an_erasure_that_was_cut_short_is_taken_up_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b'[{"number": "YT1000000001"}]'
    await world.ledger.commit(0, Group(raws=[payload(1, body)], mentions=[Mention(ME, ROAD, 1)]))
    target = Target((ROAD,), ("YT1000000001",))

    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(world.erasing, "_unlink", killed)
        with pytest.raises(asyncio.CancelledError):
            await world.erasing.erase(ME, target, "key 9")
    assert await world.raw(1) == body
    assert await world.erasing.resume() == 1
    assert await world.raw(1) == b"[]"
    assert await world.erasing.resume() == 0
    await world.ledger.commit(0, Group(raws=[payload(2, body)], mentions=[Mention(ME, ROAD, 2)]))
    assert await world.erasing.resume() == 1  # told again by a later payload
    assert await world.raw(2) == b"[]"


async def test_a_key_that_was_destroyed_seals_nothing_more(world: World) -> None:
    await world.ledger.commit(0, Group(sealed=[said("a")], raws=[payload(1, b"[]")]))
    await world.erasing.erase(ME, Target((ROAD,), ()), "key 9")
    await world.ledger.commit(0, Group(sealed=[said("b", 12)], raws=[payload(2, b"[]")]))
    assert await world.ledger.verbatim(ME, [ROAD]) == {12: {"text": "b"}}


async def test_attempts_are_counted_and_forgiven_in_time(world: World) -> None:
    tried = [await world.evidence.attempt(ME, ROAD, "pickup_code", NOW_US) for _ in range(3)]
    assert tried == [1, 2, 3]
    later = NOW_US + 16 * 60 * 1_000_000
    assert await world.evidence.attempt(ME, ROAD, "pickup_code", later) == 1
    await world.evidence.forgive(ME, ROAD, "pickup_code")
    assert await world.evidence.attempt(ME, ROAD, "pickup_code", later) == 1


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


async def test_what_a_transaction_takes_back_is_not_remembered(world: World) -> None:
    """Else phones would be filed under a key that exists in the memory of one process only."""
    with pytest.raises(TypeError):
        await world.vault.keep(ME, ROAD, "r", {"phone": PHONE, "broken": object()})
    await world.vault.keep(ME, ROAD, "r", {"phone": PHONE})

    another = PostgresVault(world.pool, Sealer(bytes(range(32))), world.vault._suite)
    assert await another.find(ME, "phone", PHONE) == [ROAD]
