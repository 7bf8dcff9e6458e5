"""`/console/analytics/{report}/shipments`: the shipments that a figure counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import Response

from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import HOME, Question
from milepost.pages.console.analytics.shown import shown
from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.visit import Visit
from milepost.web.problems import ProblemError

PAGE = 50
# Times beyond the year 2286 have more digits.
_SECONDS = 10
# The parts that have a name of their own.
_PARTS = frozenset({
    "part.kept", "part.broken", "part.delivered", "part.open", "part.first", "part.later",
    "part.held", "part.returned", "part.damaged", "part.lost", "part.timed", "part.moved",
    "part.rough", "part.first_promise_kept",
})  # fmt: skip


async def behind(visit: Visit) -> Response:
    """What is asked is handed to the API as it is: its links lead here."""
    name = visit.request.path_params["report"]
    if name not in shown():
        raise ProblemError(404, visit.reader.text("figures.unknown"))
    query = dict(visit.request.query_params)
    query.pop("lang", None)
    path = f"/v1/reports/{quote(name, safe='')}/shipments"
    answer = await visit.call("GET", path, query=query | {"limit": PAGE})
    found = answer.body["shipments"] if answer.ok else []
    following = answer.body["next"] if answer.ok else None
    more = f"?{urlencode(query | {'cursor': following})}" if following else None
    names = list(found[0]["detail"]) if found else []
    asked = Question.of(name, query)
    return visit.page(
        "analytics/behind.html", name=name, asked=asked, more=more, names=names,
        which=query.get("which", ""), fault="" if answer.ok else answer.why,
        filters=_filters(asked, visit.reader), home=HOME, parts=_PARTS,
        lines=[_line(one, names, visit.reader) for one in found],
    )  # fmt: skip


def _filters(asked: Question, reader: ConsoleReader) -> list[str]:
    """What the figure was of, in words."""
    names = Names(reader)
    told = []
    for name, value in asked.filters.items():
        if name in {"from", "to"}:
            told.append(f"{reader.text(f'figures.{name}')} {_moment(value, reader)}")
        else:
            told.append(names.value(name, value))
    return told


def _moment(value: str, reader: ConsoleReader) -> str:
    """Seconds as a time; anything else, such as a day, as it is."""
    if not (value.isascii() and value.isdigit() and len(value) <= _SECONDS):
        return value
    return reader.when(int(value))


def _line(one: dict[str, Any], names: list[str], reader: ConsoleReader) -> dict[str, Any]:
    values = [_told(name, one["detail"].get(name), reader) for name in names]
    return {
        "number": one["number"],
        "url": f"/console/shipments/{quote(one['number'], safe='')}",
        "values": values,
    }


def _told(name: str, value: Any, reader: ConsoleReader) -> str:
    if value is None:
        return ""
    if name.endswith("_at"):
        return reader.when(value)
    if name == "sub":
        return reader.status(value)
    if isinstance(value, bool):
        return reader.text("figures.yes") if value else ""
    return Names(reader).value(name, str(value))
