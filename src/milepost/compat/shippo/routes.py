"""Shippo's paths for tracking."""

from __future__ import annotations

from starlette.routing import Route

from milepost.compat.core import CompatServices
from milepost.compat.shippo import tracks, webhooks
from milepost.compat.shippo.answering import refusal, route

# Some clients of the first years have the version in their base URL.
_ROOTS = ("", "/v1")


def routes(services: CompatServices) -> list[Route]:
    """Every path of the dialect."""
    return [
        one
        for root in _ROOTS
        for one in (*_tracks(root, services), *_webhooks(f"{root}/webhooks", services))
    ]


def _tracks(root: str, services: CompatServices) -> list[Route]:
    one = f"{root}/tracks/{{carrier}}/{{number}}"
    return [
        route("POST", f"{root}/tracks", tracks.create, services),
        route("GET", one, tracks.get, services),
        refusal(f"{root}/tracks", ("POST",)),
        refusal(one, ("GET",)),
    ]


def _webhooks(every: str, services: CompatServices) -> list[Route]:
    one = f"{every}/{{id}}"
    return [
        route("POST", every, webhooks.create, services, 201),
        route("GET", every, webhooks.all_of, services),
        route("GET", one, webhooks.retrieve, services),
        route("PUT", one, webhooks.update, services),
        route("DELETE", one, webhooks.delete, services),
        refusal(every, ("GET", "POST")),
        refusal(one, ("GET", "PUT", "DELETE")),
    ]
