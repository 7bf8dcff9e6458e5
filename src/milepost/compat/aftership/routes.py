"""Which path leads to which call. Every version has them all, those too that it gave up or got."""

from __future__ import annotations

from starlette.routing import Route

from milepost.compat.aftership import (
    connections,
    listing,
    notifying,
    predict,
    recognise,
    trackings,
)
from milepost.compat.aftership.access import Access
from milepost.compat.aftership.answering import Answer, Asked, Serve
from milepost.compat.aftership.desk import Desk
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.rates import Rates
from milepost.compat.core import CompatServices

_PREFIXES = ("/tracking/{version}", "/v4")
# Method, path and call; a path that could be another's stands after it.
CALLS = (
    ("GET", "/trackings", "trackings"),
    ("POST", "/trackings", "create"),
    ("POST", "/trackings/{id}/retrack", "retrack"),
    ("POST", "/trackings/{id}/mark-as-completed", "complete"),
    ("POST", "/trackings/{slug}/{number}/retrack", "retrack"),
    ("POST", "/trackings/{slug}/{number}/mark-as-completed", "complete"),
    ("GET", "/trackings/{id}", "get"),
    ("PUT", "/trackings/{id}", "update"),
    ("DELETE", "/trackings/{id}", "delete"),
    ("GET", "/trackings/{slug}/{number}", "get"),
    ("PUT", "/trackings/{slug}/{number}", "update"),
    ("DELETE", "/trackings/{slug}/{number}", "delete"),
    ("GET", "/couriers", "couriers"),
    ("GET", "/couriers/all", "couriers"),
    ("POST", "/couriers/detect", "detect"),
    ("POST", "/estimated-delivery-date/predict", "predict"),
    ("POST", "/estimated-delivery-date/predict-batch", "predict_batch"),
    ("GET", "/courier-connections", "connections"),
    ("POST", "/courier-connections", "connect"),
    ("GET", "/courier-connections/{id}", "connection"),
    ("PATCH", "/courier-connections/{id}", "reconnect"),
    ("PUT", "/courier-connections/{id}", "reconnect"),
    ("DELETE", "/courier-connections/{id}", "disconnect"),
    ("GET", "/last_checkpoint/{id}", "last_checkpoint"),
    ("GET", "/last_checkpoint/{slug}/{number}", "last_checkpoint"),
    ("POST", "/notifications/{id}/add", "notify"),
    ("POST", "/notifications/{id}/remove", "silence"),
    ("POST", "/notifications/{slug}/{number}/add", "notify"),
    ("POST", "/notifications/{slug}/{number}/remove", "silence"),
    ("GET", "/notifications/{id}", "notified"),
    ("GET", "/notifications/{slug}/{number}", "notified"),
)


def routes(services: CompatServices) -> list[Route]:
    """All paths of all versions; what is none of them is answered in the vendor's shape too."""
    desk = Desk(services)
    access, rates = Access(services.credentials), Rates(services.limiter)
    found = {
        name: Serve(handler, access, rates)
        for module in (trackings, listing, recognise, predict, connections, notifying)
        for name, handler in module.handlers(desk).items()
    }
    nothing = Serve(_nothing, access, rates)
    return [
        *(
            Route(prefix + path, found[call], methods=[method])
            for prefix in _PREFIXES
            for method, path, call in CALLS
        ),
        *(Route(prefix + "/{rest:path}", nothing) for prefix in _PREFIXES),
    ]


async def _nothing(_: Asked) -> Answer:
    raise FaultError(404)
