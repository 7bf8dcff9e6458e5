"""The addresses of the care pages; they stand before those of the parcel's page."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from milepost.pages.care.page import CarePage
from milepost.pages.care.ports import CareRooms
from milepost.pages.care.proving import Prove
from milepost.pages.care.site import CareSite
from milepost.pages.care.subscribing import Subscribe


def routes(rooms: CareRooms) -> list[BaseRoute]:
    site = CareSite(rooms)
    care, subscribe, prove = CarePage(site), Subscribe(site), Prove(site)
    packed = [Middleware(GZipMiddleware, minimum_size=500)]
    return [
        Route("/t/{number}/care", care.show, methods=["GET"], middleware=packed),
        Route("/t/{number}/care", care.act, methods=["POST"], middleware=packed),
        Route("/t/{number}/subscribe", subscribe.ask, methods=["POST"]),
        Route("/t/{number}/code", prove.prove, methods=["POST"]),
        Route("/subscriptions/{token}/confirm", subscribe.confirm, methods=["GET", "POST"]),
        Route("/subscriptions/{token}/stop", subscribe.stop, methods=["GET", "POST"]),
    ]
