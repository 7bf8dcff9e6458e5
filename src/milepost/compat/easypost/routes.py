"""EasyPost's paths for tracking."""

from __future__ import annotations

from starlette.routing import Route

from milepost.compat.core import CompatServices
from milepost.compat.easypost import events, faults, trackers, users, webhooks
from milepost.compat.easypost.answering import Call, route

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(services: CompatServices) -> list[Route]:
    """Every path of the dialect."""
    return [
        route("POST", "/v2/trackers", trackers.create, services, 201),
        route("GET", "/v2/trackers", trackers.all_of, services),
        route("POST", "/v2/trackers/batch", trackers.batch, services),
        route("POST", "/v2/trackers/create_list", trackers.create_list, services),
        route("GET", "/v2/trackers/all_updated", trackers.all_updated, services),
        route("GET", "/v2/trackers/{id}", trackers.retrieve, services),
        route("DELETE", "/v2/trackers/{id}", trackers.delete, services),
        route("POST", "/v2/webhooks", webhooks.create, services, 201),
        route("GET", "/v2/webhooks", webhooks.all_of, services),
        route("GET", "/v2/webhooks/{id}", webhooks.retrieve, services),
        route("PATCH", "/v2/webhooks/{id}", webhooks.update, services),
        route("PUT", "/v2/webhooks/{id}", webhooks.update, services),
        route("DELETE", "/v2/webhooks/{id}", webhooks.delete, services),
        route("GET", "/v2/events", events.all_of, services),
        route("GET", "/v2/events/{id}", events.retrieve, services),
        route("GET", "/v2/events/{id}/payloads", events.payloads, services),
        route("GET", "/v2/events/{id}/payloads/{payload}", events.payload, services),
        route("GET", "/v2/users", users.me, services),
        route("GET", "/v2/users/{id}", users.retrieve, services),
        # Labels, rates and the like: the client shall hear it in its own words.
        *(route(method, "/v2/{rest:path}", _absent, services) for method in _METHODS),
    ]


async def _absent(_: Call) -> None:
    raise faults.not_found()
