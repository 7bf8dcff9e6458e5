"""The database: embedded or by URL, opened, migrated and closed."""

from __future__ import annotations

import asyncio
from functools import cache

from msgspec import Struct

from milepost.notary.chain import Linker
from milepost.settings import Settings
from milepost.stores.postgres.accounts import Accounts
from milepost.stores.postgres.chaining import PostgresChain
from milepost.stores.postgres.committing import Private
from milepost.stores.postgres.embedded import Embedded
from milepost.stores.postgres.keyring import Keyring
from milepost.stores.postgres.ledger import PostgresLedger
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.raws import RawSealing
from milepost.stores.postgres.texts import PostgresTexts
from milepost.stores.sealer import MASTER_KEY, open_sealer
from milepost.stores.vaulting import checked_suite

# Connections that only commits (one at a time) and questions use: with all others busy, a question
# waited up to 0.4 s for one. Of several processes each gets a part of the questions.
URGENT, URGENT_OF_MANY = 8, 4


class Store(Struct):
    """The database: where it is, and what opens it."""

    pool: Pool
    urgent: Pool
    ledger: PostgresLedger
    accounts: Accounts
    embedded: Embedded | None
    linker: Linker

    async def close(self, *, stop: bool = False) -> None:
        """Let go of it; `stop` ends the embedded server even if another had started it."""
        await self.urgent.close()
        await self.pool.close()
        if self.embedded is not None:
            end = self.embedded.stop if stop else self.embedded.close
            await asyncio.to_thread(end)


class Database(Struct):
    """Where the database is; what keeps an embedded one running."""

    url: str | None
    embedded: Embedded | None

    def ensure(self) -> str:
        """The URL; an embedded server is started unless it runs."""
        if self.embedded is None:
            assert self.url is not None
            return self.url
        return self.embedded.ensure()

    def stop(self) -> None:
        if self.embedded is not None:
            self.embedded.stop()


def open_database(settings: Settings) -> Database:
    """The database of these settings, not yet running if it is an embedded one."""
    embedded = None if settings.database else Embedded(settings.data / "postgres")
    return Database(settings.database, embedded)


def private_of(settings: Settings) -> Private:
    """How what is personal is sealed; the master key is read (or made) when it is first needed."""
    sealer = cache(lambda: open_sealer(settings.data / MASTER_KEY))
    suite = checked_suite(settings.vault_suite)
    return Private(PostgresTexts(Keyring(sealer, suite)), RawSealing(sealer, suite))


async def open_store(settings: Settings) -> Store:
    """Connect (starting the embedded server where there is no URL) and migrate."""
    database = open_database(settings)
    turn = asyncio.Lock()

    async def ensure() -> str:
        async with turn:
            return await asyncio.to_thread(database.ensure)

    size = URGENT if settings.shard is None else URGENT_OF_MANY
    pool, urgent = Pool(ensure), Pool(ensure, size=size)
    linker = Linker(settings.data / "notary", settings.notary_suite)
    ledger = PostgresLedger(pool, PostgresChain(linker), private_of(settings), urgent)
    await ledger.open()
    return Store(pool, urgent, ledger, Accounts(pool), database.embedded, linker)
