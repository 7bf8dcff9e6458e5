"""Asks the reports of the native API, in the reader's language."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

from msgspec import structs

from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import FILTERS, SPANS, Question
from milepost.pages.console.analytics.shown import shown
from milepost.pages.console.desk import Desk, Visit
from milepost.pages.console.native import Answer
from milepost.pages.console.words import whole_language_for

_CHOICES = 40
# So many answers are kept for so long: one page asks for many, and a reader goes to and fro.
_KEPT, _KEPT_S = 512, 20.0
_kept: WeakKeyDictionary[Desk, dict[tuple[int, str, str], tuple[float, Answer]]] = (
    WeakKeyDictionary()
)


def at_home(visit: Visit) -> None:
    """These pages are there in all languages, not only in those of the whole console."""
    request = visit.request
    locale = whole_language_for(
        request.query_params.get("lang"), request.cookies.get("lang"),
        request.headers.get("accept-language", ""),
    )  # fmt: skip
    visit.reader = structs.replace(visit.reader, locale=locale)


async def ask(visit: Visit, asked: Question, limit: int = 200) -> Answer:
    """The report's answer, of a moment ago where it was asked just now."""
    path = f"/v1/reports/{quote(asked.report, safe='')}"
    query = asked.query | {"limit": limit}
    kept = _kept.setdefault(visit.desk, {})
    key, now = (visit.tenant, path, urlencode(sorted(query.items()))), time.monotonic()
    if key in kept and now - kept[key][0] < _KEPT_S:
        return kept[key][1]
    answer = await visit.call("GET", path, query=query)
    while len(kept) >= _KEPT:
        del kept[next(iter(kept))]
    if answer.ok:
        kept[key] = now, answer
    return answer


async def unit(visit: Visit, asked: Question) -> str:
    """In which steps a course is shown: as fine as the months that there are allow."""
    answer = await ask(visit, asked.on("volumes").grouped("month"))
    months = len(rows_of(answer))
    return "day" if months < 2 else "week" if months < 4 else "month"


def rows_of(answer: Answer) -> list[dict[str, Any]]:
    """Nothing where the report was refused."""
    return list(answer.body["rows"]) if answer.ok else []


async def frame(visit: Visit, asked: Question, answers: list[Answer]) -> dict[str, Any]:
    """What every page of analytics shows around its figures: tabs, span, filters, notes."""
    lanes, categories, carriers = await asyncio.gather(
        _values(visit, "lane"), _values(visit, "category"),
        visit.services.network.carriers(visit.tenant),
    )  # fmt: skip
    now, bodies = visit.reader.now, [one.body for one in answers if one.ok]
    spans = {name: asked.of_last(days, now) for name, days in SPANS.items()}
    return {
        "asked": asked,
        "named": Names(visit.reader),
        "reports": list(shown()),
        "spans": {**{name: one.url() for name, one in spans.items()},
                  "all": asked.filtered(from_=None, to=None).url()},
        "span": _span(asked, spans),
        "choices": {"carrier": carriers, "lane": lanes, "category": categories},
        "others": {name: one for name, one in asked.filters.items()
                   if name not in (*FILTERS, "from", "to")},
        "synthetic": any(one["synthetic"] for one in bodies),
        "uncounted": not all(one["open_counted"] for one in bodies),
        "few": any(row["small"] for one in bodies for row in one["rows"]),
        "fault": next((one.why for one in answers if not one.ok), ""),
    }  # fmt: skip


def _span(asked: Question, spans: dict[str, Question]) -> str:
    if not asked.get("from") and not asked.get("to"):
        return "all"
    found = (name for name, one in spans.items() if one.filters == asked.filters)
    return next(found, "")


async def _values(visit: Visit, dimension: str) -> list[str]:
    """The values that most shipments have."""
    found = rows_of(await ask(visit, Question("volumes", by=dimension), _CHOICES))
    return [row[dimension] for row in found]
