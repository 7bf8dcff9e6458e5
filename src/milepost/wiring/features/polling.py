"""Accounts upstream: polled for open shipments, and pushing to us."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost import compat
from milepost.api import connections
from milepost.carriers import registry
from milepost.carriers.clients import client, clients
from milepost.channels.discovery import Options
from milepost.domain.moment import to_datetime
from milepost.domain.status import MAIN_CODE
from milepost.engine.journey import Receipt
from milepost.engine.polling import Ask, Connection, Standing, Target
from milepost.engine.resolve import BadScanError
from milepost.engine.taking import Taking
from milepost.intake.poll.poller import Poller
from milepost.intake.poll.pushed import take_push
from milepost.intake.poll.standing import CLOSED, standing_of
from milepost.intake.poll.tools import Tools
from milepost.intake.poll.trying import Trial, trial
from milepost.stores.postgres.connections import PostgresConnections
from milepost.stores.postgres.polling import PostgresPolls
from milepost.web.endpoint import Endpoint, read_body
from milepost.web.limits import Limiter
from milepost.web.problems import ProblemError
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features._fetching import Fetcher

MOST_PUSHED_BYTES = 4 * 1024 * 1024
# Pushes that prove nothing are taken from one address no faster than this.
UNPROVED_PER_S = 5.0
UNPROVED_BURST = 50


class Polling(Feature):
    """What `open_feature` gives."""

    def __init__(self, context: Context) -> None:
        self._context = context
        engine = context.engine
        settings = context.settings
        self._fetch = Fetcher(Options(allow_private_targets=settings.allow_private_targets))
        self._taking = Taking(registry.parser, engine.journey, engine.registrar, context.now_us)
        closed = [MAIN_CODE[main] for main in CLOSED]
        self._store = PostgresPolls(context.pool, context.sealer, closed)
        self._unproved = Limiter(UNPROVED_PER_S, UNPROVED_BURST)
        self.tools = Tools(
            store=self._store,
            sources=clients(),
            fetch=self._fetch,
            take=self._take,
            standing=self._standing,
            code_of=compat.crosswalk().code_of,
            now_us=context.now_us,
        )
        self.poller = Poller(self.tools)
        context.milepost.services.down = self.poller.down

    async def start(self) -> None:
        self._task = asyncio.create_task(self.poller.run())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._fetch.close()

    def endpoints(self) -> Sequence[Endpoint]:
        settings = self._context.settings
        return connections.endpoints(
            connections.ConnectionServices(
                store=PostgresConnections(self._context.pool, self._context.sealer),
                sources=self.tools.sources,
                find=client,
                check_url=self._fetch.check_url,
                try_=self._try,
                changed=self.poller.wake,
                now_us=self._context.now_us,
                base_url=settings.home,
            )
        )

    def routes(self) -> Sequence[BaseRoute]:
        # Plain: a source cannot send our key, and wants its own words as an answer.
        return [Route("/v1/connections/{id:int}/push", self._pushed, methods=["POST"])]

    async def _pushed(self, request: Request) -> Response:
        found = await self._store.pushed_to(min(request.path_params["id"], 2**62))
        source = None if found is None else self.tools.sources.get(found.source)
        if found is None or source is None or not found.active:
            self._slow_down(request)
            raise ProblemError(404, "There is no such connection.")
        body = await read_body(request, MOST_PUSHED_BYTES)
        answer = await take_push(
            found, source, dict(request.headers), body,
            take=self._taking.take, store=self._store, now=self.tools.now(),
        )  # fmt: skip
        if answer.status == 401:
            self._slow_down(request)
        return Response(answer.body, answer.status, media_type="application/json")

    def _slow_down(self, request: Request) -> None:
        self._unproved.check(request.client.host if request.client else None)

    async def _take(
        self, tenant: int, source: str, body: bytes, content_type: str | None, number: str | None
    ) -> Receipt:
        taken = await self._taking.take(tenant, source, body, content_type, number)
        return taken.receipt

    async def _standing(self, tenant: int, target: Target) -> Standing:
        track = None
        with suppress(BadScanError):
            track = await self._context.engine.queries.track(tenant, target.number, private=True)
        return standing_of(track, target)

    async def _try(self, one: Connection, number: str, carrier: str | None) -> Trial:
        parse = registry.parser(one.source)
        assert parse is not None
        code = self.tools.code_of(one.source, carrier or "")
        tail = one.options.get("phone_tail")
        ask = Ask(number=number, carrier=carrier, carrier_code=code, phone_tail=tail)
        await self._store.spend(one.id, self.tools.now_us() // 86_400_000_000)
        now = to_datetime(self.tools.now_us(), 0)
        source = self.tools.sources[one.source]
        return await trial(one, source, ask, partial(self._fetch), parse, now)


def open_feature(context: Context) -> Feature:
    return Polling(context)
