"""`/kiosk`: large type for lockers and counters, made for a scanner that types and sends Enter."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from milepost.locale.negotiate import match
from milepost.pages.buyer import LONGEST_NUMBER
from milepost.pages.digits import ascii_digits
from milepost.pages.site import Site
from milepost.pages.view.buyer import buyer_view
from milepost.pages.view.missing import missing_view

IDLE_S = 45
WARNING_S = 10


class Kiosk:
    """One field; the answer stands a while and makes room for the next reader."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """The field; with `?n=` the answer for that number in brief, never anything personal."""
        text = ascii_digits(request.query_params.get("n", "").strip()[:200])
        reader = self._site.reader(request)
        view, missing = None, None
        if text:
            numbers = self._site.lookup.extract(text) or [text[:LONGEST_NUMBER]]
            track = await self._site.lookup.track(text[:LONGEST_NUMBER])
            track = track or await self._site.lookup.track(numbers[0])
            view = buyer_view(track, reader) if track is not None else None
            explained = self._site.lookup.explain(numbers[0])
            missing = missing_view(explained, reader) if track is None else None
        return self._site.page(
            request,
            "kiosk.html",
            # The next reader has a language of his own.
            remembers=False,
            language=match(request.query_params.get("lang", "")),
            brand=await self._site.extras.brand(None),
            idle_s=IDLE_S,
            warning_s=WARNING_S,
            view=view,
            missing=missing,
        )
