"""What all pages share: templates, the reader's language, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.locale import LOCALES, negotiate, translate
from milepost.locale.negotiate import match
from milepost.pages.assets import Assets
from milepost.pages.ports import Lookup
from milepost.pages.view.reader import Reader

NBSP = "\N{NO-BREAK SPACE}"
_COOKIE = "lang"
_ONE_YEAR_S = 365 * 86_400
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept-Language, Cookie",
}
NO_INDEX = {"X-Robots-Tag": "noindex, nofollow"}


class Site:
    """The pages' common ground. `clock` gives the aware moment of reading."""

    def __init__(self, lookup: Lookup, clock: Callable[[], datetime]) -> None:
        self.lookup = lookup
        self.assets = Assets()
        self._clock = clock
        self._templates = _environment()

    def reader(self, request: Request) -> Reader:
        """Who reads: `?lang=`, then the cookie, then Accept-Language."""
        locale = negotiate(
            request.query_params.get("lang"),
            request.cookies.get(_COOKIE),
            request.headers.get("accept-language", ""),
        )
        return Reader(locale, self._clock(), self.lookup.carrier_name)

    def render(self, template: str, reader: Reader, **context: object) -> str:
        """A template in the reader's language."""
        texts = {"t": reader.text, "locale": reader.locale, "asset": self.assets.url}
        return self._templates.get_template(template).render(**texts, **context)

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        indexed: bool = False,
        **context: object,
    ) -> HTMLResponse:
        """A whole page. A language chosen by `?lang=` is remembered for a year."""
        reader = self.reader(request)
        languages = language_links(request, reader.locale)
        html = self.render(template, reader, languages=languages, indexed=indexed, **context)
        headers = HEADERS if indexed else HEADERS | NO_INDEX
        response = HTMLResponse(html, status, headers | {"Content-Language": reader.locale})
        chosen = match(request.query_params.get("lang", ""))
        if chosen:
            secure = request.url.scheme == "https"
            response.set_cookie(_COOKIE, chosen, _ONE_YEAR_S, secure=secure, httponly=True)
        return response


def language_links(request: Request, current: str) -> list[dict[str, object]]:
    """The same page in each language, named in that language."""
    others = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    return [
        {
            "tag": translate("meta.tag", locale),
            "name": translate("meta.name", locale),
            "current": locale == current,
            "url": "?" + urlencode([*others, ("lang", locale)]),
        }
        for locale in LOCALES
    ]


def number_url(number: str) -> str:
    """The page of a number."""
    return f"/t/{quote(number, safe='')}"


def phrases(text: str) -> Markup:
    """The text with what no-break spaces hold together in elements that do not wrap, so that
    the text itself, when copied or searched, has plain spaces.
    """
    parts = [escape(part) for part in text.split(" ")]
    held = [
        Markup("<span class=held>{}</span>").format(part) if NBSP in part else part
        for part in parts
    ]
    return Markup(" ").join(held).replace(NBSP, " ")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("milepost.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number_url"] = number_url
    environment.filters["phrases"] = phrases
    return environment
