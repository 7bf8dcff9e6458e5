"""The roof: the only file that knows everybody. It puts the parts together."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost import compat, pages
from milepost.api import deliveries, health, identify, scans, shipments, subscriptions, track
from milepost.api.services import Services
from milepost.carriers import registry
from milepost.channels.discovery import Options, channels
from milepost.compat.core.discovery import pushes
from milepost.compat.core.posting import Poster
from milepost.compat.core.sending import Delegate, DialectChannel
from milepost.domain.moment import to_datetime
from milepost.domain.track import Track
from milepost.engine.delivering import Announcer
from milepost.engine.delivery import Channel
from milepost.engine.ports import CodeLike, Ledger
from milepost.public import PublicLookup
from milepost.runners.inline import Inline, clock_us
from milepost.runners.peers import Peers
from milepost.runners.sealing import Archive
from milepost.settings import Settings
from milepost.stores.history import History
from milepost.stores.postgres.accounts import Accounts
from milepost.stores.postgres.closing import Closing
from milepost.stores.postgres.deliverylog import PostgresDeliveryLog
from milepost.stores.postgres.dialects import PostgresCredentials, PostgresHooks, PostgresWatches
from milepost.stores.postgres.embedded import Embedded
from milepost.stores.postgres.ledger import PostgresLedger
from milepost.stores.postgres.outbox import PostgresOutbox
from milepost.stores.postgres.pool import Pool
from milepost.stores.postgres.subscriptions import PostgresSubscriptions
from milepost.stores.sealer import Sealer, open_sealer
from milepost.stores.stub import StubbedCommit
from milepost.web.auth import Caller, Gatekeeper
from milepost.web.endpoint import Endpoint, routes_of
from milepost.web.limits import Limiter, PublicLimit
from milepost.web.openapi import document
from milepost.web.problems import ProblemError, on_fault, on_http_error, on_problem, on_unavailable

TENANTS_EVERY_S = 5.0
KEY_FILE = "secret.key"  # the master key of what is sealed


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

    async def close(self, *, stop: bool = False) -> None:
        """Let go of it; `stop` ends the embedded server even if another had started it."""
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


async def open_store(settings: Settings) -> Store:
    """Connect (starting the embedded server where there is no URL) and migrate."""
    database = open_database(settings)
    turn = asyncio.Lock()

    async def ensure() -> str:
        async with turn:
            return await asyncio.to_thread(database.ensure)

    pool = Pool(ensure)
    ledger = PostgresLedger(pool)
    await ledger.open()
    return Store(pool, ledger, Accounts(pool), database.embedded)


def open_dialect_stores(
    settings: Settings, pool: Pool
) -> tuple[PostgresCredentials, PostgresHooks]:
    """Credentials and hooks for the command line, beside a server that may be running."""
    sealer = open_sealer(settings.data / KEY_FILE)
    topics = {vendor: push.TOPICS for vendor, push in pushes()}
    options = Options(allow_private_targets=settings.allow_private_targets)

    async def changed(_: int) -> None:
        """A running server looks for new subscriptions by itself."""

    hooks = PostgresHooks(
        pool, sealer, clock_us, topics=topics.__getitem__,
        check_url=Poster(options).check_url, changed=changed,
    )  # fmt: skip
    return PostgresCredentials(pool, sealer), hooks


class Milepost:
    """A running Milepost without its HTTP server."""

    def __init__(self, settings: Settings, now_us: Callable[[], int] = clock_us) -> None:
        self.settings = settings
        self.now_us = now_us
        self.synthetic: frozenset[int] = frozenset()
        self.shown: list[int] = []

    async def start(self) -> None:
        self.store = await open_store(self.settings)
        await self._know_tenants()
        ledger: Ledger = self.store.ledger
        if self.settings.commit_stubbed:
            ledger = StubbedCommit(self.store.ledger)
        self.engine = Inline(
            ledger,
            Tables(),
            number=self.settings.shard or 0,
            now_us=self.now_us,
            synthetic=lambda one: one in self.synthetic,
            peers=self._peers(),
            archive=self._archive(),
        )
        await self.engine.start()
        self.services = Services(
            journey=self.engine.journey,
            queries=self.engine.queries,
            registrar=self.engine.registrar,
            ledger=ledger,
            live=self.engine.live,
            parser=registry.parser,
            now_us=self.engine.now_us,
            meters=self.engine.meters,
        )
        self.telling = Telling(self)
        await self.telling.start()
        self._watch = asyncio.create_task(self._watch_tenants())

    async def stop(self) -> None:
        self._watch.cancel()
        await self.telling.stop()
        await self.engine.stop()
        await self.store.close(stop=True)

    def _archive(self) -> Archive:
        one = self.settings
        history = History(one.data / "history")
        shard = (one.shard or 0, one.shards if one.shard is not None else 1)
        closing = Closing(self.store.pool)
        return Archive(closing, history, one.seal_after_days, one.keep_days, shard)

    def _peers(self) -> Peers | None:
        one = self.settings
        if one.shard is None or one.sockets is None:
            return None
        return Peers(one.shard, one.shards, one.sockets)

    async def _know_tenants(self) -> None:
        self.synthetic = await self.store.accounts.synthetic_tenants()
        only = self.settings.public_tenant
        tenants = await self.store.accounts.tenants()
        self.shown = [one for one, name in tenants if only is None or name == only]

    async def _watch_tenants(self) -> None:
        """Tenants may be made by another process, such as the command line."""
        while True:
            await asyncio.sleep(TENANTS_EVERY_S)
            with suppress(ConnectionError):
                await self._know_tenants()

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
            *subscriptions.endpoints(self.telling.subscriptions, self.telling.announcer),
            *deliveries.endpoints(self.telling.log, self.telling.announcer),
        ]


class Telling:
    """Room 8 of a running server: webhooks, and the pushes of the dialects."""

    def __init__(self, milepost: Milepost) -> None:
        settings, engine = milepost.settings, milepost.engine
        pool = milepost.store.pool
        options = Options(allow_private_targets=settings.allow_private_targets)
        self.subscriptions = PostgresSubscriptions(pool)
        self.log = PostgresDeliveryLog(pool)
        self.dialects = Dialects(
            engine,
            milepost.store.ledger,
            pool,
            open_sealer(settings.data / KEY_FILE),
            Poster(options),
            settings.public_url or f"http://{settings.host}:{settings.port}",
        )
        self.announcer = Announcer(
            PostgresOutbox(pool),
            channels(options) | self.dialects.channels(),
            audience=engine.audience,
            woken=engine.announced,
        )
        self.dialects.tell(self.announcer)

    async def start(self) -> None:
        await self.announcer.refresh()  # before the first scan is taken
        self._task = asyncio.create_task(self.announcer.run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self.announcer.close()
        await self.dialects.close()


class Dialects:
    """What the dialects' routes and channels work with."""

    def __init__(
        self,
        engine: Inline,
        ledger: PostgresLedger,
        pool: Pool,
        sealer: Sealer,
        poster: Poster,
        base_url: str,
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._poster = poster
        self._base_url = base_url.rstrip("/")
        self._pushes = pushes()
        self._announcer: Announcer | None = None
        now_us, check = engine.now_us, poster.check_url
        self.credentials = PostgresCredentials(pool, sealer)
        self.hooks = PostgresHooks(
            pool, sealer, now_us, topics=self._topics, check_url=check, changed=self._changed
        )
        self.watches = PostgresWatches(
            pool, sealer, now_us, topics=self._topics, check_url=check, changed=self._changed,
            woke=engine.announced.set,
        )  # fmt: skip

    def tell(self, announcer: Announcer) -> None:
        """Who is to know of new subscriptions."""
        self._announcer = announcer

    def services(self) -> compat.CompatServices:
        one = self._engine
        return compat.CompatServices(
            queries=one.queries,
            registrar=one.registrar,
            journey=one.journey,
            ledger=self._ledger,
            credentials=self.credentials,
            watches=self.watches,
            hooks=self.hooks,
            crosswalk=compat.crosswalk(),
            now_us=one.now_us,
            base_url=self._base_url,
        )

    def channels(self) -> dict[str, Channel]:
        delegate = Delegate(
            watches=self.watches,
            hooks=self.hooks,
            credentials=self.credentials,
            track=self._track,
            post=self._poster,
            now_us=self._engine.now_us,
            check_url=self._poster.check_url,
        )
        return {vendor: DialectChannel(vendor, push, delegate) for vendor, push in self._pushes}

    async def close(self) -> None:
        await self._poster.close()

    def _topics(self, dialect: str) -> tuple[str, ...]:
        return dict(self._pushes)[dialect].TOPICS

    async def _changed(self, subscription: int) -> None:
        if self._announcer is not None:
            await self._announcer.changed(subscription)

    async def _track(self, tenant: int, number: str) -> Track | None:
        return await self._engine.queries.track(tenant, number, private=True)


def build_app(settings: Settings, now_us: Callable[[], int] = clock_us) -> Starlette:
    """The ASGI application. It opens the store at start-up and closes it at the end."""
    milepost = Milepost(settings, now_us)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await milepost.start()
        # What has been loaded stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        app.router.routes += list(_routes(milepost))
        app.state.milepost = milepost
        yield
        await milepost.stop()

    handlers = {
        ProblemError: on_problem,
        HTTPException: on_http_error,
        ConnectionError: on_unavailable,
        Exception: on_fault,
    }
    limiter = Limiter(settings.public_requests_per_s, settings.public_burst)
    return Starlette(
        lifespan=lifespan,
        exception_handlers=handlers,
        middleware=[Middleware(PublicLimit, limiter)],
    )


def _routes(milepost: Milepost) -> list[BaseRoute]:
    settings = milepost.settings
    gate = Gatekeeper(milepost.caller)
    limiter = Limiter(settings.requests_per_s, settings.burst)
    endpoints = milepost.endpoints()
    engine = milepost.engine
    lookup = PublicLookup(engine.queries, engine.live, lambda: milepost.shown)
    openapi = document(endpoints, title="Milepost", version=version("milepost"))
    return [
        *routes_of(endpoints, gate, limiter),
        Route("/v1/openapi.json", _constant(openapi)),
        *health.routes(milepost.services),
        *compat.routes(milepost.telling.dialects.services()),
        *pages.routes(lookup, lambda: to_datetime(milepost.now_us(), 0)),
    ]


def _constant(answer: object) -> Callable[[Request], Awaitable[Response]]:
    ready = msgspec.json.encode(answer)

    async def give(_: Request) -> Response:
        return Response(ready, media_type="application/json")

    return give
