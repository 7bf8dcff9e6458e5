"""`/console/analytics/{report}`: one report with its chart, its table and its course."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from milepost.pages.console.analytics.asking import ask, frame, rows_of, unit
from milepost.pages.console.analytics.bars import chart_of
from milepost.pages.console.analytics.cells import columns_of, lines_of
from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import Question
from milepost.pages.console.analytics.shown import TIMES, Shown, shown
from milepost.pages.console.analytics.trend import trends_of
from milepost.pages.console.visit import Visit
from milepost.web.problems import ProblemError

MOST_ROWS = 100
# A course of many groups has many more rows than groups.
MOST_STEPS = 1_000


async def report(visit: Visit) -> Response:
    """By default with its usual grouping; `over` shows the course in time beside it."""
    name = visit.request.path_params["report"]
    shape = shown().get(name)
    if shape is None:
        raise ProblemError(404, visit.reader.text("figures.unknown"))
    asked = Question.of(name, visit.request.query_params)
    asked = asked.grouped(asked.by or shape.by[0], asked.over)
    answer = await ask(visit, asked, MOST_STEPS if asked.over else MOST_ROWS)
    rows = rows_of(answer)
    by = list(answer.body["by"]) if answer.ok else []
    if set(by) & set(TIMES):
        rows = sorted(rows, key=lambda row: [str(row[one]) for one in by if one in TIMES])
    context = _context(visit, shape, rows, by)
    context |= await frame(visit, asked, [answer])
    left = answer.body["left_out"] if answer.ok else 0
    return visit.page(
        "analytics/report.html", name=name, shape=shape, by=by, left_out=left,
        groupings=_groupings(asked, shape),
        courses=_courses(asked, shape, await unit(visit, asked)), **context,
    )  # fmt: skip


def _context(visit: Visit, shape: Shown, rows: list[dict[str, Any]], by: list[str]) -> Any:
    reader = visit.reader
    columns = columns_of(shape, rows)
    timed = bool(set(by) & set(TIMES))
    return {
        "columns": columns,
        "lines": lines_of(rows, by, columns, reader),
        "chart": None if timed and len(by) > 1 else chart_of(shape, rows, by, reader, 40),
        "trends": trends_of(shape, rows, by, Names(reader)) if timed else [],
    }


def _groupings(asked: Question, shape: Shown) -> list[tuple[str, str, bool]]:
    """(dimension, address, whether it is the present one)."""
    return [
        (one, asked.grouped(one, "" if one in TIMES else asked.over).url(), one == asked.by)
        for one in shape.by
    ]


def _courses(asked: Question, shape: Shown, step: str) -> list[tuple[str, str, bool]]:
    """The course in time can be shown beside any other grouping."""
    if asked.by in TIMES or asked.report == "carriers":
        return []
    steps = list(dict.fromkeys(["", "season", step if "month" in shape.by else ""]))
    return [(one, asked.grouped(asked.by, one).url(), one == asked.over) for one in steps]
