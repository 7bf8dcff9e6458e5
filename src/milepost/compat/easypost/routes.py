"""EasyPost's paths for tracking."""

from __future__ import annotations

from starlette.routing import Route

from milepost.compat.core import CompatServices
from milepost.compat.easypost import trackers, webhooks
from milepost.compat.easypost.answering import route


def routes(services: CompatServices) -> list[Route]:
    """Every path of the dialect."""
    return [
        route("POST", "/v2/trackers", trackers.create, services, 201),
        route("GET", "/v2/trackers", trackers.all_of, services),
        route("POST", "/v2/trackers/batch", trackers.batch, services),
        route("GET", "/v2/trackers/{id}", trackers.retrieve, services),
        route("DELETE", "/v2/trackers/{id}", trackers.delete, services),
        route("POST", "/v2/webhooks", webhooks.create, services, 201),
        route("GET", "/v2/webhooks", webhooks.all_of, services),
        route("GET", "/v2/webhooks/{id}", webhooks.retrieve, services),
        route("PATCH", "/v2/webhooks/{id}", webhooks.update, services),
        route("PUT", "/v2/webhooks/{id}", webhooks.update, services),
        route("DELETE", "/v2/webhooks/{id}", webhooks.delete, services),
    ]
