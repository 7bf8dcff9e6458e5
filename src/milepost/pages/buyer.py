"""`/t/{number}`: one parcel's road, or why there is none."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.domain.track import Track
from milepost.locale.units import SYSTEMS
from milepost.pages.body import read_body
from milepost.pages.digits import ascii_digits
from milepost.pages.foretelling import ASKED, asked_for, link
from milepost.pages.headers import HEADERS, MAPPING, NO_INDEX
from milepost.pages.live import revision
from milepost.pages.proof import Proof, kept_key
from milepost.pages.site import CHOICES, Site, batch_url, kept_language, number_url, with_choice
from milepost.pages.view.buyer import buyer_view
from milepost.pages.view.missing import missing_view
from milepost.pages.view.reader import CLOCKS

LONGEST_NUMBER = 64
# The letters that a number begins with are letters.
_HEAD_AND_BODY = re.compile(r"([^OIL0-9]{0,4})(.*)", re.DOTALL)
_ALIKE = str.maketrans("OIL", "011")
_MOST_BYTES = 4 * 1024


class BuyerPage:
    """The page of one number."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._proof = Proof(site)

    async def show(self, request: Request) -> Response:
        """200 with the road, 303 to the list of an order's shipments, 307 to the number in its
        usual spelling, else 404 with the reasons.

        What was asked is looked up as it stands first: order numbers have dashes of their own.
        """
        asked = request.path_params["number"].strip()[:LONGEST_NUMBER]
        track = await self._site.lookup.track(asked)
        query = request.url.query
        if track is not None and track.of_order:
            listed = batch_url(track.of_order) + (f"&{query}" if query else "")
            return RedirectResponse(listed, 303, HEADERS | NO_INDEX)
        if track is not None:
            return await self._road(request, asked, track)
        number = self._normalised(asked)
        if number == asked:
            return await self._missing(request, number)
        found = number_url(number) + (f"?{query}" if query else "")
        return RedirectResponse(found, 307, HEADERS | NO_INDEX)

    async def prove(self, request: Request) -> Response:
        """A form of the page: ask for a one-time code, or show the pick-up code for one."""
        number = request.path_params["number"].strip()[:LONGEST_NUMBER]
        track = await self._site.lookup.track(number)
        body = await read_body(request, _MOST_BYTES)
        if track is None or body is None:
            return Response("Not found\n", 404, HEADERS | NO_INDEX, "text/plain")
        code = parse_qs(body.decode("utf-8", "replace")).get("code", [""])[0].strip()
        if not code:
            brand = await self._site.extras.brand(number)
            locale = self._site.reader(request, brand).locale
            await self._site.extras.send_code(number, locale)
            return _back(request, number, "code=sent")
        token = await self._site.extras.redeem(number, code[:16])
        return _back(request, number, f"k={token}" if token else "code=wrong")

    async def _road(self, request: Request, asked: str, track: Track) -> Response:
        site = self._site
        seen = revision(track)
        brand = await site.extras.brand(asked)
        proof = await self._proof.of(request, asked, track)
        cold = await site.extras.cold_chain(asked)
        said = await asked_for(site, request, asked, track)
        view = buyer_view(proof.track, site.reader(request, brand), proof.pickup, cold, said)
        return site.page(
            request,
            "buyer.html",
            view=view,
            base=str(request.base_url).rstrip("/"),
            yours=proof.yours,
            proof=proof.pickup,
            key=kept_key(request, proof.key),
            spoken=kept_language(request).replace("&", "?", 1),
            seen=seen,
            brand=brand,
            brand_of=asked,
            more=MAPPING if view.map else None,
            guarded=proof.yours is not None,
            forecast_url=link(request),
            live_query=live_query(request),
            clocks=[(name, with_choice(request, "time", name)) for name in CLOCKS],
            clock=site.reader(request).clock,
            systems=[(name, with_choice(request, "units", name)) for name in SYSTEMS],
            system=site.reader(request).system,
        )

    def _normalised(self, asked: str) -> str:
        """Without spaces and full-width forms, if it is one number at all."""
        extract = self._site.lookup.extract
        asked = ascii_digits(asked)
        found = extract(asked)
        return found[0] if len(found) == 1 and extract(found[0]) == found else asked

    async def _missing(self, request: Request, number: str) -> Response:
        explained = self._site.lookup.explain(number)
        view = missing_view(explained, self._site.reader(request))
        alike = looks_like(number)
        known = alike and await self._site.lookup.track(alike) is not None
        meant = alike if known else None
        return self._site.page(request, "missing.html", status=404, view=view, meant=meant)


def looks_like(number: str) -> str | None:
    """The number with digits for the letters among them that look alike; None if that is it."""
    head, body = _HEAD_AND_BODY.fullmatch(number.upper()).groups()  # type: ignore[union-attr]
    read = head + body.translate(_ALIKE)
    return read if read != number.upper() else None


def _back(request: Request, number: str, query: str) -> Response:
    """To the parcel's page, in the language in which the form was sent."""
    url = f"{number_url(number)}?{query}{kept_language(request)}"
    return RedirectResponse(url, 303, HEADERS | NO_INDEX)


def live_query(request: Request) -> str:
    """What a live page tells again with every part: the reader's choices and proof."""
    query = request.query_params
    return "".join(f"&{name}={query[name]}" for name in (*CHOICES[1:], "k", ASKED) if name in query)
