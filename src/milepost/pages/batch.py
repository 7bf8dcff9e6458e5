"""`/`: the look-up form, and the list of results for many numbers."""

from __future__ import annotations

import re
import unicodedata
from asyncio import to_thread
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from milepost.identify import named_numbers
from milepost.locale import units
from milepost.pages.body import read_body
from milepost.pages.buyer import LONGEST_NUMBER
from milepost.pages.digits import ascii_digits
from milepost.pages.headers import HEADERS, LISTENING, LOOKING, NO_INDEX
from milepost.pages.photo import (
    MOST_BYTES as MOST_PHOTO_BYTES,
)
from milepost.pages.photo import (
    HeicPictureError,
    LargePictureError,
    NoPictureError,
    read_barcodes,
    upload,
)
from milepost.pages.site import Site, batch_url, number_url
from milepost.pages.spoken import in_words
from milepost.pages.view.batch import batch

MOST_NUMBERS = 100
MOST_BYTES = 256 * 1024
_QUICKLY_READ = 2_000
_MOST_ORDERS = 5
# What order numbers are made of, beside letters and digits of any script.
_ORDER = re.compile(r"#?[\w./#-]+")


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
            return await self._sent_on(request, query["q"])
        if "n" in query:
            return await self._results(request, query["n"].split(","))
        return await self._form(request, None, "", 200, indexed=True)

    async def submit(self, request: Request) -> Response:
        """A pasted text: sent on to its one number's page or to its results."""
        body = await read_body(request, MOST_BYTES)
        if body is None:
            return await self._form(request, "too_long", "", 413)
        fields = parse_qs(body.decode("utf-8", "replace"))
        return await self._sent_on(request, fields.get("q", [""])[0])

    async def scan(self, request: Request) -> Response:
        """`/scan`: the camera, and the photograph where there is none."""
        return await self._looking(request, None, 200)

    async def photo(self, request: Request) -> Response:
        """An uploaded photograph: sent on to what its barcodes say."""
        body = await read_body(request, MOST_PHOTO_BYTES + 4_096)
        if body is None:
            return await self._looking(request, "photo_large", 413)
        try:
            picture = upload(request.headers.get("content-type", ""), body)
            texts = await read_barcodes(picture)
        except LargePictureError:
            return await self._looking(request, "photo_large", 413)
        except HeicPictureError:
            return await self._looking(request, "photo_heic", 400)
        except NoPictureError:
            return await self._looking(request, "photo_bad", 400)
        if not texts:
            return await self._looking(request, "photo_nothing", 200)
        return await self._sent_on(request, "\n".join(texts))

    async def _sent_on(self, request: Request, text: str) -> Response:
        text = ascii_digits(text)
        text = in_words(text) or text
        numbers = await self._extracted(text)
        if not any(map(str.isdigit, "".join(numbers))):
            numbers = await self._recorded(numbers)
        if not numbers and (order := await self._order(text)):
            return _see(number_url(order))
        if not numbers:
            return await self._form(request, "nothing" if text.strip() else None, text, 200)
        if len(numbers) == 1:
            return _see(number_url(_one_word(text) or numbers[0]))
        return _see(batch_url(numbers[: MOST_NUMBERS + 1]))

    async def _extracted(self, text: str) -> list[str]:
        """Beside the loop where it is long: reading a whole mailbox takes a second."""
        extract = self._site.lookup.extract
        return extract(text) if len(text) < _QUICKLY_READ else await to_thread(extract, text)

    async def _recorded(self, words: list[str]) -> list[str]:
        """Those that there is a record of: a word without a digit is hardly ever a number."""
        return [one for one in words if await self._site.lookup.track(one) is not None]

    async def _order(self, text: str) -> str | None:
        """Of a text without a tracking number, the order number that there is a record of."""
        for named in named_numbers(text)[:_MOST_ORDERS]:
            if await self._site.lookup.track(named[:LONGEST_NUMBER]) is not None:
                return named[:LONGEST_NUMBER]
        return None

    async def _form(
        self,
        request: Request,
        problem: str | None,
        text: str,
        status: int,
        *,
        indexed: bool = False,
    ) -> Response:
        return self._site.page(
            request,
            "lookup.html",
            status=status,
            indexed=indexed,
            brand=await self._site.extras.brand(None),
            more=LISTENING,
            problem=problem,
            text=text[:2_000],
        )

    async def _looking(self, request: Request, problem: str | None, status: int) -> Response:
        return self._site.page(
            request,
            "scan.html",
            status=status,
            brand=await self._site.extras.brand(None),
            more=LOOKING,
            problem=problem,
            most=units.megabytes(MOST_PHOTO_BYTES, self._site.reader(request).locale),
        )

    async def _results(self, request: Request, given: list[str]) -> Response:
        shown, limit = wanted(given)
        tracks = await self._site.lookup.track_many(shown)
        groups = batch(shown, tracks, self._site.reader(request))
        made_up = any(track.synthetic for track in tracks.values())
        return self._site.page(
            request,
            "results.html",
            brand=await self._site.extras.brand(None),
            more=LISTENING,
            groups=groups,
            numbers=shown,
            limit=limit,
            made_up=made_up,
        )


def wanted(given: list[str]) -> tuple[list[str], int | None]:
    """The numbers that are looked up, each once, and the limit where there were more."""
    numbers = list(dict.fromkeys(one.strip()[:LONGEST_NUMBER] for one in given if one.strip()))
    return numbers[:MOST_NUMBERS], MOST_NUMBERS if len(numbers) > MOST_NUMBERS else None


def _one_word(text: str) -> str | None:
    """The text itself where it is a single word, which may be an order number; else None."""
    words = unicodedata.normalize("NFKC", text).split()
    one = len(words) == 1 and len(words[0]) <= LONGEST_NUMBER and _ORDER.fullmatch(words[0])
    return words[0] if one else None


def _see(url: str) -> Response:
    return RedirectResponse(url, 303, HEADERS | NO_INDEX)
