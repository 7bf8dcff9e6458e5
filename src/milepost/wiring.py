"""The roof: the only file that knows everybody. It puts the parts together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost.api import health, identify, scans, shipments, track
from milepost.api.services import Services
from milepost.carriers import registry
from milepost.engine.ports import CodeLike, Ledger
from milepost.runners.inline import Inline
from milepost.settings import Settings
from milepost.stores.postgres.accounts import Accounts
from milepost.stores.postgres.embedded import Embedded
from milepost.stores.postgres.ledger import PostgresLedger
from milepost.stores.postgres.pool import Pool
from milepost.stores.stub import StubbedCommit
from milepost.web.auth import Caller, Gatekeeper
from milepost.web.endpoint import Endpoint, routes_of
from milepost.web.limits import Limiter
from milepost.web.openapi import document
from milepost.web.problems import ProblemError, on_fault, on_http_error, on_problem


class Tables:
    """The carriers' folders as the engine asks for them."""

    def codes(self, slug: str) -> Mapping[str, CodeLike]:
        return registry.codes(slug)

    def zone(self, slug: str) -> str | None:
        found = registry.find(slug)
        return found.time_zone if found else None

    def country(self, slug: str) -> str | None:
        found = registry.find(slug)
        return found.country if found else None

    def slug(self, name: str) -> str:
        found = registry.find(name)
        return found.slug if found else name.lower()


class Store(Struct):
    """The database: where it is, and what opens it."""

    pool: Pool
    ledger: PostgresLedger
    accounts: Accounts
    embedded: Embedded | None


async def open_store(settings: Settings) -> Store:
    """Connect (starting the embedded server where there is no URL) and migrate."""
    embedded = None if settings.database else Embedded(settings.data / "postgres")
    turn = asyncio.Lock()

    async def ensure() -> str:
        if embedded is None:
            assert settings.database is not None
            return settings.database
        async with turn:
            return await asyncio.to_thread(embedded.ensure)

    pool = Pool(ensure)
    ledger = PostgresLedger(pool)
    await ledger.open()
    return Store(pool, ledger, Accounts(pool), embedded)


class Milepost:
    """A running Milepost without its HTTP server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.synthetic: frozenset[int] = frozenset()

    async def start(self) -> None:
        self.store = await open_store(self.settings)
        self.synthetic = await self.store.accounts.synthetic_tenants()
        ledger: Ledger = self.store.ledger
        if self.settings.commit_stubbed:
            ledger = StubbedCommit(self.store.ledger)
        self.engine = Inline(ledger, Tables(), synthetic=lambda one: one in self.synthetic)
        await self.engine.start()
        self.services = Services(
            journey=self.engine.journey,
            queries=self.engine.queries,
            registrar=self.engine.registrar,
            ledger=ledger,
            live=self.engine.live,
            parser=registry.parser,
            now_us=self.engine.now_us,
        )

    async def stop(self) -> None:
        await self.engine.stop()
        await self.store.pool.close()

    async def caller(self, digest: bytes) -> Caller | None:
        """The caller behind a key's hash."""
        row = await self.store.accounts.key(digest)
        if row is None:
            return None
        return Caller(row.tenant, row.name, row.id, frozenset(row.scopes))

    def endpoints(self) -> list[Endpoint]:
        """Every endpoint of the native API."""
        services = self.services
        return [
            *scans.endpoints(services),
            *shipments.endpoints(services),
            *track.endpoints(services),
            *identify.endpoints(),
        ]


def build_app(settings: Settings) -> Starlette:
    """The ASGI application. It opens the store at start-up and closes it at the end."""
    milepost = Milepost(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await milepost.start()
        app.router.routes += list(_routes(milepost))
        app.state.milepost = milepost
        yield
        await milepost.stop()

    handlers = {ProblemError: on_problem, HTTPException: on_http_error, Exception: on_fault}
    return Starlette(lifespan=lifespan, exception_handlers=handlers)


def _routes(milepost: Milepost) -> list[BaseRoute]:
    settings = milepost.settings
    gate = Gatekeeper(milepost.caller)
    limiter = Limiter(settings.requests_per_s, settings.burst)
    endpoints = milepost.endpoints()
    openapi = document(endpoints, title="Milepost", version=version("milepost"))
    return [
        *routes_of(endpoints, gate, limiter),
        Route("/v1/openapi.json", _constant(openapi)),
        *health.routes(milepost.services),
    ]


def _constant(answer: object) -> Callable[[Request], Awaitable[Response]]:
    ready = msgspec.json.encode(answer)

    async def give(_: Request) -> Response:
        return Response(ready, media_type="application/json")

    return give
