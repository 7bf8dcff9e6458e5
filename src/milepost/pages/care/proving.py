"""`/t/{number}/code`: six digits to the consignee, and what they open."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from milepost.pages.care.ports import Parcel
from milepost.pages.care.site import (
    LONGEST_NUMBER,
    CareSite,
    care_url,
    form_of,
    own,
    plain,
    remember_proof,
    slowed,
    wants_json,
)
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.site import kept_language, number_url

log = structlog.get_logger()


class Prove:
    def __init__(self, site: CareSite) -> None:
        self._site = site
        self._sending: set[asyncio.Task[None]] = set()

    async def prove(self, request: Request) -> Response:
        """Without `code` the digits are sent; with it the answer is a cookie, or 403.

        What is answered, and how fast, does not tell whether there is such a parcel, or anybody
        to be reached: it is sent after the answer.
        """
        rooms = self._site.rooms
        if not own(request, rooms.hosts):
            return plain(403, "This form was sent from elsewhere.")
        if slowed(request, rooms):
            return self._answer(request, 429, "too_many")
        form, _ = await form_of(request)
        code = form.get("code", "").strip()
        if code:
            return await self._redeem(request, code[:16], form.get("next", "care"))
        self._later(self._send(request))
        return self._answer(request, 202, "sent")

    async def drain(self) -> None:
        """Wait for what is being sent."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, request: Request) -> None:
        parcel = await self._site.parcel(request)
        if parcel is not None:
            locale = self._site.reader(request).locale
            await self._site.rooms.codes.send(parcel.tenant, parcel.number, locale)

    async def _redeem(self, request: Request, code: str, following: str) -> Response:
        parcel = await self._site.parcel(request)
        codes = self._site.rooms.codes
        if parcel is None or not await codes.redeem(parcel.tenant, parcel.number, code):
            return self._answer(request, 403, "wrong")
        return self._opened(request, parcel, following)

    def _opened(self, request: Request, parcel: Parcel, following: str) -> Response:
        token = self._site.rooms.token_of(parcel.tenant, parcel.number)
        headers = HEADERS | NO_INDEX
        page = number_url(parcel.number)
        response: Response
        if wants_json(request.headers):
            response = JSONResponse({"said": "proven", "token": token}, 200, headers)
        else:
            url = page if following == "parcel" else care_url(parcel.number)
            url += kept_language(request).replace("&", "?", 1)
            response = RedirectResponse(url, 303, headers)
        remember_proof(request, response, parcel.number, token)
        return response

    def _answer(self, request: Request, status: int, said: str) -> Response:
        if wants_json(request.headers):
            return JSONResponse({"said": said}, status, HEADERS | NO_INDEX)
        number = request.path_params["number"].strip()[:LONGEST_NUMBER]
        url = f"{care_url(number)}?code={said}{kept_language(request)}#proof"
        return RedirectResponse(url, 303, HEADERS | NO_INDEX)

    def _later(self, sending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_guarded(sending))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


async def _guarded(sending: Coroutine[Any, Any, None]) -> None:
    try:
        await sending
    except ConnectionError as error:
        log.warning("code_not_sent", error=repr(error))
