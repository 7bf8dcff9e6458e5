"""`/answer/{token}`: the carrier's people answer a case, on a page or with JSON, without a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from milepost.custody import PROBLEMS
from milepost.domain.case import StepError
from milepost.engine.cases.carrier_side import LONGEST, CarrierCase, CarrierSide
from milepost.locale import papers
from milepost.pages.assets import shared
from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.words import known, language_for, say
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.rendering import templates
from milepost.pages.style import STYLE
from milepost.web.bodies import read_body
from milepost.web.problems import ProblemError

MOST_BYTES = 64 * 1024
HARMS = frozenset(f"problem.{one}" for one in PROBLEMS)
T = TypeVar("T")
# (tenant, case) that a token stands for, None where it holds no longer.
Opens = Callable[[str], tuple[int, int] | None]


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What the carrier says."""

    text: str


class CarrierPage:
    def __init__(self, side: Callable[[], CarrierSide], opens: Opens) -> None:
        self._side = side
        self._opens = opens

    def routes(self) -> list[BaseRoute]:
        path = "/answer/{token}"
        return [
            Route(path, self.show, methods=["GET"]),
            Route(path, self.take, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return _told(request, _there(await self._side().show(*self._named(request))))

    async def take(self, request: Request) -> Response:
        """An answer, in a form or as JSON; 409 where the case takes none."""
        named = self._named(request)
        text = _text(request, await read_body(request, MOST_BYTES))
        try:
            found = _there(await self._side().answer(*named, text))
        except StepError as error:
            raise ProblemError(409 if text.strip() else 422, str(error)) from None
        return _told(request, found, done=True)

    def _named(self, request: Request) -> tuple[int, int]:
        """Nothing tells why a link does not hold."""
        return _there(self._opens(request.path_params["token"]))


def _there(found: T | None) -> T:
    if found is None:
        raise ProblemError(404, "This link has expired, or never was one.")
    return found


def _text(request: Request, body: bytes) -> str:
    if _is_json(request, "content-type"):
        try:
            return msgspec.json.decode(body, type=Answer).text
        except msgspec.MsgspecError as error:
            raise ProblemError(422, str(error)) from None
    pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=20)
    return dict(pairs).get("text", "")


def _told(request: Request, found: CarrierCase, *, done: bool = False) -> Response:
    if _is_json(request, "accept") or _is_json(request, "content-type"):
        body = msgspec.json.encode(found)
        return Response(body, headers={**HEADERS, **NO_INDEX}, media_type="application/json")
    query = request.query_params
    locale = language_for(query.get("lang"), None, request.headers.get("accept-language", ""))

    def words(key: str, else_: str = "") -> str:
        return say(key, locale) if known(key) else else_

    reader = ConsoleReader(locale, datetime.now(UTC), lambda slug, _: slug)
    page = templates().get_template("carrier_side.html").render(
        case=found, w=words, done=done, style=STYLE, asset=shared().url,
        longest=LONGEST, locale=locale, given=list(_lines(found, reader)),
        clock=lambda at: f"{reader.when(at)} UTC",
    )  # fmt: skip
    return Response(page, headers={**HEADERS, **NO_INDEX}, media_type="text/html")


def _lines(found: CarrierCase, reader: ConsoleReader) -> Iterator[tuple[str, str]]:
    """What is asked for, in words; an amount with its currency."""
    given = dict(found.given)
    if (money := reader.money(given.get("amount_minor"), given.get("currency"))) != "":
        del given["currency"]
        given["amount_minor"] = money
    for name, value in given.items():
        yield reader.named("field", name), _said(f"{name}.{value}", value, reader.locale)


def _said(key: str, value: object, locale: str) -> str:
    """A choice of the form in words; what was typed as it was typed."""
    if known(key):
        return say(key, locale)
    return papers.say(key, papers.language_of(locale)) if key in HARMS else str(value)


def _is_json(request: Request, header: str) -> bool:
    return request.headers.get(header, "").startswith("application/json")
