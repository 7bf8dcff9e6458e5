"""Personal data and proof of delivery: the vault's desk, erasing, retention, and evidence."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256

import asyncpg
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost.api import evidence, personal
from milepost.domain.status import MAIN_CODE
from milepost.engine.evidence.desk import EvidenceDesk
from milepost.engine.evidence.links import EvidenceLinks
from milepost.engine.personal import Personal, Target
from milepost.stores.postgres.erasing import PostgresErasing
from milepost.stores.postgres.evidence import PostgresEvidence
from milepost.stores.postgres.facts_in_clear import FactsInClear
from milepost.stores.postgres.keyring import Keyring
from milepost.stores.postgres.raws import PostgresRaws
from milepost.stores.postgres.texts import PostgresTexts
from milepost.stores.postgres.vault import PostgresVault
from milepost.stores.sealer import MASTER_KEY
from milepost.stores.vaulting import checked_suite
from milepost.web.endpoint import Endpoint
from milepost.web.problems import ProblemError
from milepost.wiring.archived import ArchivedJournal
from milepost.wiring.feature import Context, Feature

log = structlog.get_logger()
LOOK_EVERY_S = 60.0
MOST_AT_ONCE = 500
UNANSWERED_S = 3_600.0
DAY_S = 86_400
OVER = tuple(MAIN_CODE[main] for main in ("delivered", "returned", "expired"))


class PersonalFeature(Feature):
    """`personal` and `desk` are what others may build on."""

    def __init__(self, context: Context) -> None:
        settings, pool, engine = context.settings, context.pool, context.engine
        suite = checked_suite(settings.vault_suite)
        keyring = Keyring(lambda: context.sealer, suite)
        self._archived = ArchivedJournal(settings.data / "history")
        self._facts = FactsInClear(pool, PostgresTexts(keyring))
        self._store = PostgresEvidence(pool, keyring, settings.data / "evidence")
        self.erasing = PostgresErasing(
            pool, PostgresRaws(lambda: context.sealer), self._archived_raws, self._store.unlink
        )
        self.personal = Personal(
            PostgresVault(pool, context.sealer, suite), self.erasing, engine.queries.links_of,
            self._forget,
        )  # fmt: skip
        self.desk = EvidenceDesk(self._store, self.personal, context.now_us)
        self.links = EvidenceLinks(_link_key(context))
        self._context = context
        self._watches = context.milepost.telling.dialects.watches
        services = context.milepost.services
        self._rooms = evidence.EvidenceRooms(services, self.desk, self.links, settings.home)

    async def start(self) -> None:
        self._context.engine.registrar.personal = self.personal
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._archived.close()

    def endpoints(self) -> Sequence[Endpoint]:
        rooms = personal.PersonalRooms(self._context.milepost.services, self.personal)
        return [*personal.endpoints(rooms), *evidence.endpoints(self._rooms)]

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/evidence/{token}", self._shown, methods=["GET"])]

    async def turn(self) -> int:
        """Take up erasures, and destroy what has been kept for long enough; how many roads."""
        await self.erasing.resume()
        await self._store.sweep(time.time() - UNANSWERED_S)
        days = self._context.settings.personal_keep_days
        before_s = self._context.now_us() // 1_000_000 - days * DAY_S
        count = 0
        async for tenant, road, number in self.erasing.overdue(OVER, before_s, MOST_AT_ONCE):
            target = Target((road,), ()) if number is None else self.personal.target(tenant, number)
            await self.erasing.erase(tenant, target, "retention")
            self._forget(target.roads)
            count += 1
        return count

    async def take_over(self) -> None:
        """Seal what was kept in clear before it was known to be personal."""
        while await self._watches.take_over():
            pass
        while await self._facts.take_over():
            pass

    async def _run(self) -> None:
        """Of several processes one is enough."""
        taken_over = False
        while self._context.settings.shard in (None, 0):
            try:
                if not taken_over:
                    await self.take_over()
                    taken_over = True
                if await self.turn() < MOST_AT_ONCE:
                    await asyncio.sleep(LOOK_EVERY_S)
            except (ConnectionError, OSError, asyncpg.PostgresError) as error:
                log.warning("erasing_later", error=repr(error))
                await asyncio.sleep(LOOK_EVERY_S)

    async def _shown(self, request: Request) -> Response:
        """A file for whoever has the link; nothing tells why a link does not hold."""
        now_s = self._context.now_us() // 1_000_000
        named = self.links.opens(request.path_params["token"], now_s)
        found = None if named is None else await self.desk.open(*named)
        if found is None:
            raise ProblemError(404, "This link has expired, or never was one.")
        return evidence.response_of(found[0], found[2])

    def _forget(self, roads: Iterable[int]) -> None:
        self._watches.forget()
        if self._context.engine.answers is not None:
            self._context.engine.answers.forget(roads)

    async def _archived_raws(self, tenant: int, roads: Sequence[int]) -> set[int]:
        """Raw payloads of events that have left the journal."""
        found: set[int] = set()
        for road in roads:
            rows = await self._archived.rows(tenant, road)
            found |= {one.row.raw for one in rows if one.row.raw is not None}
        return found


def _link_key(context: Context) -> bytes:
    master = (context.settings.data / MASTER_KEY).read_bytes()
    return hmac.digest(master, b"milepost evidence links", sha256)


def open_feature(context: Context) -> Feature:
    return PersonalFeature(context)
