"""`/console/shipments/{number}/liability`: who answers for harm, on a page and on paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct
from starlette.responses import Response

from milepost.custody import PROBLEMS, Anomaly, Custody, Flaw, Holding, Liability, Share
from milepost.documents.wording import Wording
from milepost.domain.track import Track
from milepost.locale.papers import language_of
from milepost.pages.console.shipment import track_of, unknown
from milepost.pages.console.visit import Visit
from milepost.pages.headers import HEADERS
from milepost.web.problems import ProblemError


class ShareLine(Struct, frozen=True):
    """One holder's part in the reader's words."""

    one: Share
    holder: str
    where: str
    odds: str
    because: list[str]


class FlawLine(Struct, frozen=True):
    kind: str
    text: str


async def show(visit: Visit) -> Response:
    """Who most probably had it when it was harmed, and why; see `custody`."""
    track = await track_of(visit)
    if track is None:
        return unknown(visit)
    problem = _problem(visit)
    answer = await _ask(visit, track, problem, "json")
    url = f"/console/shipments/{quote(track.number, safe='')}"
    words = Wording(language_of(visit.reader.locale), visit.services.carrier_name)
    said: dict[str, Any] = {}
    if answer.ok:
        found = msgspec.convert(answer.body["liability"], Liability)
        custody = msgspec.convert(answer.body["custody"], Custody)
        said = {
            "found": found, "shares": _shares(found, custody, words),
            "flaws": [_flaw(one, custody, words) for one in found.flaws],
            "anomalies": msgspec.convert(answer.body["anomalies"], list[Anomaly]),
        }  # fmt: skip
    return visit.page("liability.html", number=track.number, number_url=url, answer=answer,
                      problems=PROBLEMS, problem=problem, w=words, **said)  # fmt: skip


async def paper(visit: Visit) -> Response:
    """The signed report, in the reader's language where papers are written in it."""
    track = await track_of(visit)
    if track is None:
        return unknown(visit)
    problem = _problem(visit)
    answer = await _ask(visit, track, problem, "pdf")
    if not answer.ok:
        raise ProblemError(answer.status, visit.why(answer))
    name = quote(f"liability-{track.number}-{problem}.pdf")
    more = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(answer.content, headers=HEADERS | more, media_type="application/pdf")


def _problem(visit: Visit) -> str:
    asked = visit.request.query_params.get("problem", "")
    return asked if asked in PROBLEMS else PROBLEMS[0]


async def _ask(visit: Visit, track: Track, problem: str, form: str) -> Any:
    query = {"problem": problem, "format": form, "lang": language_of(visit.reader.locale)}
    return await visit.call("GET", f"/v1/shipments/{track.shipment}/liability", query=query)


def _shares(found: Liability, custody: Custody, words: Wording) -> list[ShareLine]:
    held = {one.events: one for one in custody.holdings}
    return [
        ShareLine(
            one, _named(held.get(one.events, one), words), words.text(f"where.{one.where}"),
            words.odds(one.probability_pm), [words.reason(reason) for reason in one.reasons],
        )
        for one in found.shares
    ]  # fmt: skip


def _named(one: Holding | Share, words: Wording) -> str:
    place = one.place.label if isinstance(one, Holding) and one.place is not None else None
    return words.holder(one, place)


def _flaw(one: Flaw, custody: Custody, words: Wording) -> FlawLine:
    """Who gave and who took are called here as everywhere."""
    names = {held.holder: _named(held, words) for held in custody.holdings}
    values = {name: names.get(said, said) if isinstance(said, str) else said
              for name, said in one.values.items()}  # fmt: skip
    flaw = msgspec.structs.replace(one, values=values)
    return FlawLine(words.text(f"kind.{one.kind}"), words.flaw(flaw))
