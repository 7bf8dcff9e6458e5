"""Shippo's paths for tracking."""

from __future__ import annotations

from starlette.routing import Route

from milepost.compat.core import CompatServices
from milepost.compat.shippo import tracks, webhooks
from milepost.compat.shippo.answering import refusals, route


def routes(services: CompatServices) -> list[Route]:
    """Every path of the dialect."""
    return [
        *route("POST", "/tracks", tracks.create, services),
        *route("GET", "/tracks/{carrier}/{number}", tracks.get, services),
        *route("POST", "/webhooks", webhooks.create, services, 201),
        *route("GET", "/webhooks", webhooks.all_of, services),
        *route("GET", "/webhooks/{id}", webhooks.retrieve, services),
        *route("PUT", "/webhooks/{id}", webhooks.update, services),
        *route("DELETE", "/webhooks/{id}", webhooks.delete, services),
        *refusals("/tracks", ("POST",)),
        *refusals("/tracks/{carrier}/{number}", ("GET",)),
        *refusals("/webhooks", ("GET", "POST")),
        *refusals("/webhooks/{id}", ("GET", "PUT", "DELETE")),
    ]
