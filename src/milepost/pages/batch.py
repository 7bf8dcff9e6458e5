"""`/`: the look-up form, and the list of results for many numbers."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.pages.buyer import LONGEST_NUMBER
from milepost.pages.site import HEADERS, NO_INDEX, Site, number_url
from milepost.pages.view.batch import batch

MOST_NUMBERS = 100
MOST_BYTES = 256 * 1024


class LookupPage:
    """The form is sent by POST, since a pasted mail is longer than an address may be, and
    answered by a redirect: results can be reloaded and kept.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """The empty form; with `?q=` or `?n=` (numbers, by commas) the results."""
        query = request.query_params
        if "q" in query:
            return self._sent_on(request, query["q"])
        if "n" in query:
            return await self._results(request, query["n"].split(","))
        return self._site.page(request, "lookup.html", indexed=True, problem=None, text="")

    async def submit(self, request: Request) -> Response:
        """A pasted text: sent on to its one number's page or to its results."""
        body = await _body(request)
        if body is None:
            return self._problem(request, "too_long", "", 413)
        fields = parse_qs(body.decode("utf-8", "replace"))
        return self._sent_on(request, fields.get("q", [""])[0])

    def _sent_on(self, request: Request, text: str) -> Response:
        numbers = self._site.lookup.extract(text)
        if not numbers:
            return self._problem(request, "nothing" if text.strip() else None, text, 200)
        if len(numbers) == 1:
            return _see(number_url(_one_word(text) or numbers[0]))
        listed = ",".join(quote(number, safe="") for number in numbers[: MOST_NUMBERS + 1])
        return _see(f"/?n={listed}")

    def _problem(self, request: Request, problem: str | None, text: str, status: int) -> Response:
        shown = text[:2_000]
        return self._site.page(request, "lookup.html", status=status, problem=problem, text=shown)

    async def _results(self, request: Request, given: list[str]) -> Response:
        numbers = list(
            dict.fromkeys(number.strip()[:LONGEST_NUMBER] for number in given if number.strip())
        )
        shown = numbers[:MOST_NUMBERS]
        tracks = await self._site.lookup.track_many(shown)
        groups = batch(shown, tracks, self._site.reader(request))
        made_up = any(track.synthetic for track in tracks.values())
        limit = MOST_NUMBERS if len(numbers) > MOST_NUMBERS else None
        return self._site.page(
            request, "results.html", groups=groups, numbers=shown, limit=limit, made_up=made_up
        )


def _one_word(text: str) -> str | None:
    """The text itself where it is a single word, which may be an order number; else None."""
    words = unicodedata.normalize("NFKC", text).split()
    return words[0] if len(words) == 1 and len(words[0]) <= LONGEST_NUMBER else None


async def _body(request: Request) -> bytes | None:
    """The request's body, None where it is longer than we read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _see(url: str) -> Response:
    return RedirectResponse(url, 303, HEADERS | NO_INDEX)
