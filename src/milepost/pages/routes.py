"""The addresses of the buyer's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from milepost.pages.batch import LookupPage
from milepost.pages.bigmap import BigMap
from milepost.pages.branding import BrandFiles
from milepost.pages.buyer import BuyerPage
from milepost.pages.kiosk import Kiosk
from milepost.pages.live import LiveFeed
from milepost.pages.mine import MyParcels
from milepost.pages.offline import Offline
from milepost.pages.ports import Extras, Lookup
from milepost.pages.site import Site
from milepost.pages.widget import Widget

_SMALL = 500


def routes(
    lookup: Lookup,
    clock: Callable[[], datetime] | None = None,
    extras: Extras | None = None,
) -> list[BaseRoute]:
    """Every page; see `docs/pages.md`.

    `clock` gives the aware moment of reading; the system's by default.
    """
    site = Site(lookup, clock or (lambda: datetime.now(UTC)), extras)
    packed = [Middleware(GZipMiddleware, minimum_size=_SMALL)]
    form, buyer, live, kiosk = LookupPage(site), BuyerPage(site), LiveFeed(site), Kiosk(site)
    mine, offline, widget = MyParcels(site), Offline(site), Widget(site)
    big, brand = BigMap(site), BrandFiles(site)
    return [
        Route("/", form.show, methods=["GET"], middleware=packed),
        Route("/", form.submit, methods=["POST"], middleware=packed),
        Route("/scan", form.scan, methods=["GET"], middleware=packed),
        Route("/photo", form.photo, methods=["POST"], middleware=packed),
        Route("/kiosk", kiosk.show, methods=["GET"], middleware=packed),
        Route("/parcels", mine.show, methods=["GET"], middleware=packed),
        Route("/parcels/rows", mine.rows, methods=["GET"], middleware=packed),
        Route("/parcels.ics", mine.many, methods=["GET"]),
        Route("/manifest.webmanifest", offline.manifest, methods=["GET"]),
        Route("/sw.js", offline.worker, methods=["GET"]),
        Route("/offline", offline.page, methods=["GET"], middleware=packed),
        Route("/map/land.json", big.land, methods=["GET"], middleware=packed),
        Route("/map/tiles.json", big.tiles, methods=["GET"]),
        Route("/map/{number}.json", big.road, methods=["GET"], middleware=packed),
        Route("/brand/logo/{name}", brand.logo, methods=["GET"]),
        Route("/brand/{name}", brand.style, methods=["GET"]),
        Route("/widget.js", widget.script, methods=["GET"], middleware=packed),
        Route("/widget/{number:path}", widget.answer, methods=["GET"]),
        Route("/embed/{number}", widget.frame, methods=["GET"], middleware=packed),
        Route("/oembed", widget.oembed, methods=["GET"]),
        Route("/t/{number}/live", live.show, methods=["GET"]),
        Route("/t/{number}.ics", mine.one, methods=["GET"]),
        Route("/t/{number:path}", buyer.show, methods=["GET"], middleware=packed),
        Route("/t/{number:path}", buyer.prove, methods=["POST"]),
        Route("/static/{name}", site.assets.serve, methods=["GET"]),
    ]
