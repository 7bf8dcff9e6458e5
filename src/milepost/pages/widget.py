"""A parcel's status on a shop's own page: the element's script and answers, a frame, oEmbed."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import msgspec
from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response

from milepost.domain.track import Track
from milepost.pages.buyer import LONGEST_NUMBER
from milepost.pages.digits import ascii_digits
from milepost.pages.headers import FRAMED, HEADERS, NO_INDEX
from milepost.pages.site import Site, number_url
from milepost.pages.view.buyer import buyer_view

WIDTH, HEIGHT = 480, 300
_SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
}


class Widget:
    """Answers to other sites: the public view in brief, and no cookie is read or set."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def script(self, request: Request) -> Response:
        """`/widget.js`: the element `<milepost-tracker>`."""
        body = self._site.assets.body("widget.js")
        if body is None:
            return Response("Not found\n", 404, media_type="text/plain")
        return Response(body, headers=_SHARED, media_type="text/javascript")

    async def answer(self, request: Request) -> Response:
        """`/widget/{number}`: what the element shows, in the reader's language."""
        asked = request.path_params["number"].strip()
        number, track = await self._found(asked)
        reader = self._site.reader(request)
        page = str(request.base_url).rstrip("/") + number_url(number)
        words = {
            "dir": reader.text("meta.dir"),
            "lang": reader.text("meta.tag"),
            "label": reader.text("lookup.label"),
            "button": reader.text("lookup.button"),
            "open": reader.text("widget.open"),
            "title": reader.text("widget.title"),
            "url": f"{page}?lang={reader.locale}",
        }
        if track is None:
            words["problem"] = reader.text("missing.heading") if number != "_" else ""
            return self._json(words, 404 if number != "_" else 200)
        view = buyer_view(track, reader)
        steps = [(step.label, step.state, step.trouble) for step in view.steps]
        shown: dict[str, object] = {
            "number": number,
            "status": view.status,
            "tone": view.tone,
            "kicker": view.sentence.kicker,
            "head": view.sentence.head,
            "rest": view.sentence.rest,
            "notice": view.notices[0].what if view.notices else None,
            "steps": steps,
            "seen": view.last_seen,
            "carrier": view.carrier,
            "synthetic": reader.text("buyer.synthetic") if view.synthetic else None,
        }
        return self._json(words | shown, 200)

    async def _found(self, asked: str) -> tuple[str, Track | None]:
        """The number that was asked for, else the one in it: who scans may scan an address."""
        number = asked[:LONGEST_NUMBER]
        track = await self._site.lookup.track(number) if number != "_" else None
        numbers = self._site.lookup.extract(ascii_digits(asked)) if track is None else []
        if len(numbers) != 1:
            return number, track
        return numbers[0], await self._site.lookup.track(numbers[0])

    async def frame(self, request: Request) -> Response:
        """`/embed/{number}`: the same as a page that may be framed."""
        number = request.path_params["number"].strip()[:LONGEST_NUMBER]
        track = await self._site.lookup.track(number)
        brand = await self._site.extras.brand(number)
        reader = self._site.reader(request, brand)
        response = self._site.page(
            request,
            "embed.html",
            status=200 if track else 404,
            brand=brand,
            brand_of=number,
            more=FRAMED,
            number=number,
            view=buyer_view(track, reader) if track else None,
        )
        del response.headers["X-Frame-Options"]
        return response

    async def oembed(self, request: Request) -> Response:
        """`/oembed?url=…`: the frame for the address of a parcel's page (oEmbed 1.0, JSON)."""
        if request.query_params.get("format", "json") != "json":
            return Response("Only JSON\n", 501, _SHARED, "text/plain")
        path = urlsplit(request.query_params.get("url", "")).path
        number = unquote(path.removeprefix("/t/")).strip()[:LONGEST_NUMBER]
        known = path.startswith("/t/") and await self._site.lookup.track(number) is not None
        if not known:
            return Response("Not found\n", 404, _SHARED, "text/plain")
        base = str(request.base_url).rstrip("/")
        brand = await self._site.extras.brand(number)
        width = _within(request.query_params.get("maxwidth"), WIDTH)
        height = _within(request.query_params.get("maxheight"), HEIGHT)
        source = escape(base + number_url(number).replace("/t/", "/embed/", 1))
        title = escape(number)
        html = (
            f'<iframe src="{source}" width="{width}" height="{height}" title="{title}" '
            'loading="lazy" referrerpolicy="no-referrer"></iframe>'
        )
        body = {
            "version": "1.0",
            "type": "rich",
            "provider_name": brand.name,
            "provider_url": base,
            "title": number,
            "width": width,
            "height": height,
            "html": html,
        }
        return self._json(body, 200)

    def _json(self, body: dict[str, object] | dict[str, str], status: int) -> Response:
        headers = _SHARED | {"Cache-Control": "no-store", "Vary": HEADERS["Vary"]} | NO_INDEX
        return Response(msgspec.json.encode(body), status, headers, "application/json")


def _within(given: str | None, most: int) -> int:
    return min(most, int(given)) if given and given.isdecimal() and len(given) < 6 else most
