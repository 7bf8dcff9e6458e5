"""`/t/{number}/subscribe`, and the links of letters: yes, and no more."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from milepost.engine.notifying import BUYER_TOPICS, Contact, Kind, Wish
from milepost.pages.body import read_body
from milepost.pages.care.ports import Parcel
from milepost.pages.care.site import (
    MOST_BYTES,
    CareSite,
    care_url,
    form_of,
    own,
    plain,
    slowed,
    wants_json,
)
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.site import kept_language
from milepost.pages.view.reader import zone_named

_FIELDS: tuple[tuple[str, Kind], ...] = (("email", "email"), ("phone", "phone"))


class Subscribe:
    def __init__(self, site: CareSite) -> None:
        self._site = site

    async def ask(self, request: Request) -> Response:
        """A form's or script's wish. The answer is the same whether the address was known, new or
        capped: 303 (or 202 as JSON); 422 for what is no address.
        """
        parcel = await self._site.parcel(request)
        if parcel is None:
            return plain(404, "Not found")
        rooms = self._site.rooms
        if not own(request, rooms.hosts):
            return plain(403, "This form was sent from elsewhere.")
        if slowed(request, rooms):
            return _answer(request, parcel, 429, "too_many")
        try:
            wish = await self._wish(request, parcel)
        except ValueError:
            return _answer(request, parcel, 422, "bad")
        await rooms.subscribing.ask(wish)
        if wish.contact.kind == "push":
            await rooms.changed(parcel.tenant)
        return _answer(request, parcel, 202, "sent")

    async def confirm(self, request: Request) -> Response:
        """GET asks (programs that look into mails open links); POST is the yes."""
        token = request.path_params["token"]
        subscribing = self._site.rooms.subscribing
        one = await subscribing.find("confirm", token)
        if request.method == "POST" and one is not None:
            one = await subscribing.confirm(token)
            if one is not None:
                await self._site.rooms.changed(one.tenant)
                return await self._page(request, "confirmed", one.number)
        return await self._page(
            request, "confirm" if one else "bad_link", one.number if one else None
        )

    async def stop(self, request: Request) -> Response:
        """GET asks; POST ends it, from the page or by a mail program's one click (RFC 8058)."""
        token = request.path_params["token"]
        subscribing = self._site.rooms.subscribing
        if request.method == "POST":
            form, _ = await form_of(request)
            done = await subscribing.stop(token, everything=form.get("all") == "1")
            return await self._page(request, "stopped" if done else "bad_link", None)
        one = await subscribing.find("stop", token)
        return await self._page(request, "stop" if one else "bad_link", one.number if one else None)

    async def _page(self, request: Request, what: str, number: str | None) -> Response:
        site = self._site
        status = 404 if what == "bad_link" else 200
        brand = await site.rooms.extras.brand(number)
        return site.page(
            request, "subscription.html", status=status, what=what, number=number or "",
            n=site.says(request), brand=brand, brand_of=number,
        )  # fmt: skip

    async def _wish(self, request: Request, parcel: Parcel) -> Wish:
        """Raises ValueError for what is no address."""
        locale = self._site.reader(request).locale
        kind = request.headers.get("content-type", "")
        given = await (_json(request) if "json" in kind else _form(request))
        contact = self._contact(given)
        rooms = self._site.rooms
        if contact.kind not in await rooms.reached_by(parcel.tenant):
            raise ValueError("this tenant has no such channel")
        zone = given.get("zone") or request.cookies.get("tz")
        road, parcels = rooms.keys_of(parcel.tenant, parcel.number)
        topics = [one for one in given.get("topics") or [] if one in BUYER_TOPICS]
        return Wish(
            tenant=parcel.tenant, number=parcel.number, road=road, parcels=parcels,
            contact=contact, topics=tuple(topics) or BUYER_TOPICS[:-1], locale=locale,
            zone=zone if isinstance(zone, str) and zone_named(zone) else None,
        )  # fmt: skip

    def _contact(self, given: dict[str, Any]) -> Contact:
        check = self._site.rooms.contact
        if isinstance(given.get("push"), dict):
            return check("push", msgspec.json.encode(given["push"]).decode())
        for name, kind in _FIELDS:
            value = given.get(name)
            if isinstance(value, str) and value.strip():
                return check(kind, value)
        raise ValueError("no address")


async def _form(request: Request) -> dict[str, Any]:
    form, pairs = await form_of(request)
    return {**form, "topics": [value for name, value in pairs if name == "topic"]}


async def _json(request: Request) -> dict[str, Any]:
    body = await read_body(request, MOST_BYTES)
    found = msgspec.json.decode(body or b"")
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _answer(request: Request, parcel: Parcel, status: int, said: str) -> Response:
    if wants_json(request.headers):
        return JSONResponse({"said": said}, status, HEADERS | NO_INDEX)
    url = f"{care_url(parcel.number)}?subscribe={said}{kept_language(request)}#subscribe"
    return RedirectResponse(url, 303, HEADERS | NO_INDEX)
