"""`/t/{number}`: one parcel's road, or why there is none."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.pages.live import revision
from milepost.pages.site import HEADERS, NO_INDEX, Site, number_url
from milepost.pages.view.buyer import buyer_view
from milepost.pages.view.missing import missing_view

LONGEST_NUMBER = 64


class BuyerPage:
    """The page of one number."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """200 with the road, 307 to the number in its usual spelling, else 404 with the reasons.

        What was asked is looked up as it stands first: order numbers have dashes of their own.
        """
        asked = request.path_params["number"].strip()[:LONGEST_NUMBER]
        track = await self._site.lookup.track(asked)
        if track is not None:
            view = buyer_view(track, self._site.reader(request))
            return self._site.page(request, "buyer.html", view=view, seen=revision(track))
        number = self._normalised(asked)
        if number == asked:
            return self._missing(request, number)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(number_url(number) + query, 307, HEADERS | NO_INDEX)

    def _normalised(self, asked: str) -> str:
        """Without spaces and full-width forms, if it is one number at all."""
        extract = self._site.lookup.extract
        found = extract(asked)
        return found[0] if len(found) == 1 and extract(found[0]) == found else asked

    def _missing(self, request: Request, number: str) -> Response:
        explained = self._site.lookup.explain(number)
        view = missing_view(explained, self._site.reader(request))
        return self._site.page(request, "missing.html", status=404, view=view)
