"""The ASGI application."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost import compat, pages
from milepost.api import health
from milepost.domain.moment import to_datetime
from milepost.public import PublicLookup
from milepost.runners.inline import clock_us
from milepost.settings import Settings
from milepost.web.auth import Gatekeeper
from milepost.web.endpoint import routes_of
from milepost.web.limits import Limiter, PublicLimit
from milepost.web.openapi import document
from milepost.web.problems import ProblemError, on_fault, on_http_error, on_problem, on_unavailable
from milepost.wiring.milepost import Milepost
from milepost.wiring.pages import extras_of


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
        gc.unfreeze()  # what stays set aside at the end is reported as leaked

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
    lookup = PublicLookup(
        engine.queries, engine.live, lambda: milepost.shown,
        lambda tenant, carrier: milepost.services.down(tenant, carrier),
    )  # fmt: skip
    openapi = document(endpoints, title="Milepost", version=version("milepost"))
    return [
        *compat.routes(milepost.telling.dialects.services()),
        *routes_of(endpoints, gate, limiter),
        Route("/v1/openapi.json", _constant(openapi)),
        *health.routes(milepost.services),
        *(one for feature in milepost.features for one in feature.routes()),
        *pages.routes(
            lookup, lambda: to_datetime(milepost.now_us(), 0), extras_of(milepost, lookup)
        ),
    ]


def _constant(answer: object) -> Callable[[Request], Awaitable[Response]]:
    ready = msgspec.json.encode(answer)

    async def give(_: Request) -> Response:
        return Response(ready, media_type="application/json")

    return give
