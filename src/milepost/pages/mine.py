"""`/parcels`: the reader's own list, which only his device keeps; and calendar feeds."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from milepost.pages.batch import MOST_NUMBERS, wanted
from milepost.pages.buyer import LONGEST_NUMBER
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.proof import Proof
from milepost.pages.site import Site, number_url
from milepost.pages.view.ics import feed
from milepost.pages.view.mine import groups, month


class MyParcels:
    """The page is a frame that the script fills: the server keeps no list of anyone."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._proof = Proof(site)

    async def show(self, request: Request) -> Response:
        """The frame."""
        return self._site.page(
            request, "mine.html", brand=await self._site.extras.brand(None), rows=None
        )

    async def rows(self, request: Request) -> Response:
        """The groups and the calendar of the numbers in `?n=`, by commas."""
        numbers, _ = wanted(request.query_params.get("n", "").split(","))
        tracks = await self._site.lookup.track_many(numbers)
        reader = self._site.reader(request)
        held = held_proofs(request)
        codes = {
            number: code
            for number, track in tracks.items()
            if number in held and (code := await self._proof.code(number, track, held[number]))
        }
        html = self._site.render(
            "_mine.html",
            reader,
            groups=groups(numbers, tracks, reader),
            month=month(request.query_params.get("month"), tracks, reader),
            codes=codes,
            listed="/?n=" + _listed(tracks),
            feed="/parcels.ics?n=" + _listed(tracks),
        )
        return HTMLResponse(html, headers=HEADERS | NO_INDEX)

    async def many(self, request: Request) -> Response:
        """`/parcels.ics?n=A,B`: a feed of several parcels."""
        numbers, _ = wanted(request.query_params.get("n", "").split(","))
        return await self._feed(request, numbers, "parcels")

    async def one(self, request: Request) -> Response:
        """`/t/{number}.ics`; 404 where the number has no record."""
        number = request.path_params["number"].strip()[:LONGEST_NUMBER]
        if await self._site.lookup.track(number) is None:
            return Response("Not found\n", 404, HEADERS | NO_INDEX, "text/plain")
        return await self._feed(request, [number], number)

    async def _feed(self, request: Request, numbers: list[str], name: str) -> Response:
        tracks = await self._site.lookup.track_many(numbers)
        base = str(request.base_url).rstrip("/")
        pages = {number: base + number_url(number) for number in tracks}
        body = feed(tracks, self._site.reader(request), pages)
        plain = "".join(char for char in name if char.isascii() and char.isalnum()) or "parcel"
        headers = HEADERS | NO_INDEX | {"Content-Disposition": f'inline; filename="{plain}.ics"'}
        return Response(body, headers=headers, media_type="text/calendar")


def held_proofs(request: Request) -> dict[str, str]:
    """Tokens by number, from the header `Milepost-Proofs: number=token,…`: what the device keeps
    of merchants' links. A header, so that they stand in no server's log of addresses.
    """
    pairs = request.headers.get("milepost-proofs", "").split(",")[:MOST_NUMBERS]
    held = (pair.strip().partition("=") for pair in pairs)
    return {unquote(number): unquote(token) for number, _, token in held if number and token}


def _listed(numbers: Iterable[str]) -> str:
    return ",".join(quote(number, safe="") for number in numbers)
