"""The care pages' common ground: their templates, texts, and what a request is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from milepost.domain.moment import to_datetime
from milepost.locale.notifying import say
from milepost.pages.body import read_body
from milepost.pages.care.ports import CareRooms, Parcel
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.links import CODE_OPENS_S
from milepost.pages.site import Site, number_url

MOST_BYTES = 16 * 1024
LONGEST_NUMBER = 64
Form = dict[str, str]


class CareSite(Site):
    """`rooms` is what the pages work with."""

    def __init__(self, rooms: CareRooms) -> None:
        super().__init__(rooms.lookup, lambda: to_datetime(rooms.now_us(), 0), rooms.extras)
        self.rooms = rooms

    async def parcel(self, request: Request) -> Parcel | None:
        """The parcel of the address, under its usual number; None where there is none."""
        asked = request.path_params["number"].strip()[:LONGEST_NUMBER]
        tenant = await self.rooms.tenant_of(asked)
        track = await self.lookup.track(asked)
        if tenant is None or track is None:
            return None
        return Parcel(tenant, track.number, track)

    def proven(self, request: Request, parcel: Parcel) -> bool:
        return self.rooms.proven.proven(request, parcel.tenant, parcel.number)

    def says(self, request: Request) -> Any:
        """The texts of these pages in the reader's language."""
        locale = self.reader(request).locale
        return lambda key, **values: say(key, locale, **values)


def own(request: Request, hosts: frozenset[str]) -> bool:
    """Whether a form was sent from a page of ours. Browsers say so by themselves; what is not a
    browser carries no cookies of others.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc in {request.headers.get("host", ""), *hosts}


def slowed(request: Request, rooms: CareRooms) -> bool:
    """Whether this address has sent too many forms."""
    client = request.client
    return rooms.limiter.wait_s(client.host if client else None) > 0


async def form_of(request: Request) -> tuple[Form, list[tuple[str, str]]]:
    """The form's fields, the last of each, and all of them."""
    body = await read_body(request, MOST_BYTES)
    pairs = parse_qsl((body or b"").decode("utf-8", "replace"), max_num_fields=100)
    return dict(pairs), pairs


def plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(f"{text}\n", status, {**HEADERS, **NO_INDEX, **(headers or {})}, "text/plain")


def remember_proof(request: Request, response: Response, number: str, token: str) -> None:
    """For a day, on the pages of this number alone; never sent along from other sites' forms."""
    response.set_cookie(
        "k", token, CODE_OPENS_S, path=number_url(number), httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def care_url(number: str) -> str:
    """The care page of a number."""
    return f"{number_url(number)}/care"


def wants_json(headers: Headers) -> bool:
    return "application/json" in headers.get("accept", "")
