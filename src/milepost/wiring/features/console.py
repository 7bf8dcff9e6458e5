"""The console: its pages over the stores and the native API."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog
from starlette.routing import BaseRoute

from milepost.pages.console import Services, routes
from milepost.pages.console.acts import run as run_act
from milepost.pages.console.import_run import run as run_import
from milepost.stores.postgres.accounts import Accounts
from milepost.stores.postgres.console.board import Board
from milepost.stores.postgres.console.books import Act, Acts, Audit, Views
from milepost.stores.postgres.console.imports import Imports
from milepost.stores.postgres.console.network import Network
from milepost.stores.postgres.console.outlooks import Outlooks
from milepost.stores.postgres.console.pages import TenantSettings
from milepost.stores.postgres.console.tenants import Tenants as TenantList
from milepost.stores.postgres.console.worries import Worries
from milepost.stores.postgres.users import Users
from milepost.web.limits import Limiter
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features._carriers import carrier_name
from milepost.wiring.features._looking_ahead import LookingAhead
from milepost.wiring.features._native import InProcess
from milepost.wiring.features._passing import Passing
from milepost.wiring.features._single_sign_on import single_sign_on
from milepost.wiring.features._worrying import Worrying
from milepost.wiring.features.notify import Notify
from milepost.wiring.tabular import files, rows
from milepost.wiring.tabular.meanings import meanings

log = structlog.get_logger()


class Tables:
    """See `pages.console.tables.Tables`."""

    meanings: Sequence[str] = meanings()
    preview = staticmethod(rows.preview)
    rows_of = staticmethod(files.rows_of)
    read_items = staticmethod(rows.read_items)


IMPORT_S = 1.0


class Console(Feature):
    def __init__(self, context: Context) -> None:
        engine, pool, settings = context.engine, context.pool, context.settings
        self._engine = engine
        self._milepost = context.milepost
        worries, acts, network = Worries(pool), Acts(pool), Network(pool)
        self.passing = Passing(network, context.now_us)
        self.worrying = Worrying(worries, acts, engine.queries, context.ledger, self._run_act)
        outlooks = Outlooks(pool)
        self.looking_ahead = LookingAhead(context, outlooks)
        limiter = Limiter(settings.requests_per_s, settings.burst)
        self.services = Services(
            users=Users(pool), accounts=Accounts(pool), tenants=TenantList(pool),
            worries=worries, board=Board(pool), outlooks=outlooks,
            look_ahead=self.looking_ahead.ask, audit=Audit(pool),
            views=Views(pool), acts=acts, network=network, imports=Imports(pool),
            settings=TenantSettings(pool), tables=Tables(),
            native=InProcess(context.milepost.endpoints, limiter), ledger=context.ledger,
            queries=engine.queries, live=engine.live, watch=self.worrying.watch,
            run_act=self._run_act, now_us=context.now_us, carrier_name=carrier_name,
            single=single_sign_on(context), mail=self._mail,
            operator=settings.operator_tenant,
            synthetic=lambda tenant: tenant in context.milepost.synthetic,
            base_url=settings.public_url.rstrip("/") if settings.public_url else None,
        )  # fmt: skip

    async def start(self) -> None:
        self._engine.after_commit.append(self.worrying.note)
        self._engine.after_commit.append(self.passing.note)
        self._engine.after_commit.append(self.looking_ahead.note)
        works = (
            self.worrying.run(), self.passing.run(), self.looking_ahead.run(), self._import(),
        )  # fmt: skip
        self._tasks = [asyncio.create_task(one) for one in works]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(ConnectionError):
            await self.passing.write()

    def routes(self) -> Sequence[BaseRoute]:
        return routes(self.services)

    async def _import(self) -> None:
        """Files that were begun, here or by a process that has died since."""
        services = self.services
        while True:
            try:
                job = await services.imports.claim()
                if job is not None:
                    await run_import(services.imports, services.native, services.tables, job)
                    continue
            except Exception as error:  # it is taken up again, and the others go on
                log.warning("import_retry", error=repr(error))
            await asyncio.sleep(IMPORT_S)

    async def _mail(
        self, tenant: int, to: str, locale: str, lines: tuple[str, ...], button: str, path: str
    ) -> bool:
        for feature in self._milepost.features:
            if isinstance(feature, Notify):
                return await feature.mail(tenant, to, locale, lines, button, path)
        return False

    async def _run_act(self, act: Act) -> None:
        await run_act(self.services, act)


def open_feature(context: Context) -> Feature:
    return Console(context)
