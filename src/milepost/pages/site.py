"""What all pages share: templates, the reader's language and habits, and their answers."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from milepost.locale import LOCALES, negotiate, translate, units
from milepost.locale.dates import counts_to_twelve
from milepost.locale.negotiate import match, region_of
from milepost.locale.notifying import say
from milepost.pages import assets
from milepost.pages.headers import HEADERS, NO_INDEX, OPEN
from milepost.pages.ports import Brand, Extras, Lookup
from milepost.pages.rendering import batch_url, number_url, templates
from milepost.pages.style import STYLE
from milepost.pages.view.branding import brand_url, logo_url
from milepost.pages.view.reader import CLOCKS, Reader, zone_named

__all__ = ["HEADERS", "NO_INDEX", "Site", "batch_url", "number_url"]

# Of gzip's levels, where more effort would save few bytes.
_QUICK = 6
_ONE_YEAR_S = 365 * 86_400
# What a reader chooses by a query parameter and a cookie of the same name remembers.
CHOICES = ("lang", "units", "time", "tz")


class Site:
    """The pages' common ground. `clock` gives the aware moment of reading."""

    def __init__(
        self, lookup: Lookup, clock: Callable[[], datetime], extras: Extras | None = None
    ) -> None:
        self.lookup = lookup
        self.extras = extras or Extras()
        self.assets = assets.shared()
        self.clock = clock

    def reader(self, request: Request, brand: Brand | None = None) -> Reader:
        """Who reads: the address says, then the cookie, then Accept-Language."""
        accepted = request.headers.get("accept-language", "")
        locale = negotiate(request.query_params.get("lang"), request.cookies.get("lang"), accepted)
        offered = brand.languages if brand is not None else ()
        if offered and locale not in offered:
            locale = offered[0]
        clock = chosen(request, "time", CLOCKS) or "scan"
        mine = request.query_params.get("tz") or request.cookies.get("tz")
        region = region_of(accepted, locale)
        return Reader(
            locale,
            self.clock(),
            self.lookup.carrier_name,
            system=chosen(request, "units", units.SYSTEMS) or units.system_of(region_of(accepted)),
            region=region,
            clock=clock,
            zone=zone_named(mine) if clock == "mine" else None,
        )

    def render(self, template: str, reader: Reader, **context: object) -> str:
        """A template in the reader's language."""
        texts = {"t": reader.text, "locale": reader.locale, "asset": self.assets.url, "say": say}
        texts |= {"twelve": counts_to_twelve(reader.locale, reader.region), "style": STYLE}
        return templates().get_template(template).render(**texts, **context)

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        indexed: bool = False,
        brand: Brand | None = None,
        brand_of: str | None = None,
        more: dict[str, str] | None = None,
        guarded: bool = False,
        remembers: bool = True,
        **context: object,
    ) -> HTMLResponse:
        """A whole page; `more` headers win. What the address chooses is remembered for a year.

        `brand_of` is the number whose merchant the brand is of; `guarded`: it shows what is not
        for everybody; without `remembers` what the address chooses holds for that page alone.
        """
        brand = brand or Brand()
        reader = self.reader(request, brand)
        html = self.render(
            template,
            reader,
            languages=language_links(request, reader.locale, brand.languages or LOCALES),
            indexed=indexed,
            brand=brand,
            brand_style=brand_url(brand),
            logo=logo_url(brand, brand_of),
            **context,
        )
        headers = HEADERS | ({} if guarded else OPEN) | ({} if indexed else NO_INDEX) | (more or {})
        headers |= {"Content-Language": reader.locale}
        body = html.encode()
        if "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, _QUICK, mtime=0)
            headers["Content-Encoding"] = "gzip"
        response = HTMLResponse(body, status, headers)
        if remembers:
            remember(request, response)
        return response


def chosen(request: Request, name: str, among: tuple[str, ...]) -> str | None:
    """What the address or the cookie says, if it is one of those."""
    given = request.query_params.get(name) or request.cookies.get(name)
    return given if given in among else None


def remember(request: Request, response: Response) -> None:
    """Keeps valid choices of the address in cookies."""
    query = request.query_params
    valid = {
        "lang": match(query.get("lang", "")),
        "units": query.get("units") if query.get("units") in units.SYSTEMS else None,
        "time": query.get("time") if query.get("time") in CLOCKS else None,
        "tz": query.get("tz") if zone_named(query.get("tz")) else None,
    }
    secure = request.url.scheme == "https"
    for name, value in valid.items():
        if value:
            response.set_cookie(name, value, _ONE_YEAR_S, secure=secure, httponly=True)


def with_choice(request: Request, name: str, value: str) -> str:
    """The address of the same page with one choice made otherwise."""
    others = [pair for pair in request.query_params.multi_items() if pair[0] != name]
    return "?" + urlencode([*others, (name, value)])


def kept_language(request: Request) -> str:
    """`&lang=…` for the address that a form leads to: some browsers keep no cookies."""
    given = match(request.query_params.get("lang", ""))
    return "&" + urlencode({"lang": given}) if given else ""


def language_links(
    request: Request, current: str, offered: tuple[str, ...] = LOCALES
) -> list[dict[str, object]]:
    """The same page in each language, named in that language."""
    return [
        {
            "tag": translate("meta.tag", locale),
            "name": translate("meta.name", locale),
            "current": locale == current,
            "url": with_choice(request, "lang", locale),
        }
        for locale in offered
    ]
