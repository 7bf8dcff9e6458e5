"""Asks the reports of the native API, in the reader's language."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import FILTERS, SPANS, Question
from milepost.pages.console.analytics.shown import shown
from milepost.pages.console.native import Answer
from milepost.pages.console.visit import Hall, Visit

_CHOICES = 40
# So many answers are kept for so long: one page asks for many, and a reader goes to and fro.
_KEPT, _KEPT_S = 512, 20.0
# What a reader may choose from changes slowly.
_CHOICES_S = 600.0
_Key = tuple[int, str, str]
_kept: WeakKeyDictionary[Hall, dict[_Key, tuple[float, asyncio.Task[Answer]]]] = WeakKeyDictionary()


async def ask(visit: Visit, asked: Question, limit: int = 200, kept_s: float = _KEPT_S) -> Answer:
    """The report's answer, of a moment ago where it was asked just now. Who asks the same at the
    same time gets the same answer, also when one of them leaves.
    """
    path = f"/v1/reports/{quote(asked.report, safe='')}"
    query = asked.query | {"limit": limit}
    kept = _kept.setdefault(visit.desk, {})
    key, now = (visit.tenant, path, urlencode(sorted(query.items()))), time.monotonic()
    known = kept.get(key)
    if known is None or now - known[0] >= kept_s:
        while len(kept) >= _KEPT:
            del kept[next(iter(kept))]
        known = kept[key] = now, asyncio.create_task(visit.call("GET", path, query=query))
    try:
        answer = await asyncio.shield(known[1])
    except Exception:
        kept.pop(key, None)
        raise
    if not answer.ok:
        kept.pop(key, None)
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
    return head(visit, asked) | await filters(visit, asked) | notes(answers)


def head(visit: Visit, asked: Question) -> dict[str, Any]:
    """What stands above the figures and needs no answer."""
    return {"asked": asked, "named": Names(visit.reader), "reports": list(shown())}


async def filters(visit: Visit, asked: Question) -> dict[str, Any]:
    """The form of span and filters."""
    lanes, categories, carriers = await asyncio.gather(
        _values(visit, "lane"), _values(visit, "category"),
        visit.services.network.carriers(visit.tenant),
    )  # fmt: skip
    spans = {name: asked.of_last(days, visit.reader.now) for name, days in SPANS.items()}
    return {
        "spans": {**{name: one.url() for name, one in spans.items()},
                  "all": asked.filtered(from_=None, to=None).url()},
        "span": _span(asked, spans),
        "choices": {"carrier": carriers, "lane": _names(lanes, "lane"),
                    "category": _names(categories, "category")},
        "others": {name: one for name, one in asked.filters.items()
                   if name not in (*FILTERS, "from", "to")},
        "synthetic": lanes.ok and lanes.body["synthetic"],
    }  # fmt: skip


def notes(answers: list[Answer]) -> dict[str, Any]:
    """What has to be said of the figures."""
    bodies = [one.body for one in answers if one.ok]
    return {
        "uncounted": not all(one["open_counted"] for one in bodies),
        "few": any(row["small"] for one in bodies for row in one["rows"]),
        "fault": next((one.why for one in answers if not one.ok), ""),
    }


def _span(asked: Question, spans: dict[str, Question]) -> str:
    if not asked.get("from") and not asked.get("to"):
        return "all"
    found = (name for name, one in spans.items() if one.filters == asked.filters)
    return next(found, "")


async def _values(visit: Visit, dimension: str) -> Answer:
    return await ask(visit, Question("volumes", by=dimension), _CHOICES, _CHOICES_S)


def _names(answer: Answer, dimension: str) -> list[str]:
    """The values that most shipments have."""
    return [row[dimension] for row in rows_of(answer)]
