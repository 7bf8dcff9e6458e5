"""The addresses of the buyer's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from milepost.pages.batch import LookupPage
from milepost.pages.buyer import BuyerPage
from milepost.pages.live import LiveFeed
from milepost.pages.ports import Lookup
from milepost.pages.site import Site

_SMALL = 500


def routes(lookup: Lookup, clock: Callable[[], datetime] | None = None) -> list[BaseRoute]:
    """`/`, `/t/{number}`, `/t/{number}/live` and `/static/{name}`.

    `clock` gives the aware moment of reading; the system's by default.
    """
    site = Site(lookup, clock or (lambda: datetime.now(UTC)))
    form, buyer, live = LookupPage(site), BuyerPage(site), LiveFeed(site)
    packed = [Middleware(GZipMiddleware, minimum_size=_SMALL)]
    return [
        Route("/", form.show, methods=["GET"], middleware=packed),
        Route("/", form.submit, methods=["POST"], middleware=packed),
        Route("/t/{number}/live", live.show, methods=["GET"]),
        Route("/t/{number:path}", buyer.show, methods=["GET"], middleware=packed),
        Route("/static/{name}", site.assets.serve, methods=["GET"]),
    ]
