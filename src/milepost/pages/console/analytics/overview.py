"""`/console/analytics`: the figures that matter, each on its way to its report."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, structs
from starlette.responses import Response

from milepost.analytics.bands import FEW, wilson
from milepost.pages.console.analytics.asking import ask, at_home, frame, rows_of, unit
from milepost.pages.console.analytics.bars import Chart, chart_of
from milepost.pages.console.analytics.cells import Line, band_text, columns_of, lines_of, written
from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import Question
from milepost.pages.console.analytics.shown import Shown, band_of, shown
from milepost.pages.console.analytics.trend import Trend, trends_of
from milepost.pages.console.desk import Visit
from milepost.pages.console.native import Answer

# Figures of all shipments together: report, figure, the part that is behind it. Shares are summed
# from their course; percentiles have to be asked for.
HEADS = (
    ("promise", "kept_rate", "kept"), ("transit", "p50_h", "delivered"),
    ("transit", "p90_h", "delivered"), ("first_attempt", "first_rate", "first"),
    ("customs_causes", "held_rate", "held"), ("losses", "returned_rate", "returned"),
)  # fmt: skip
CARDS = ("promise", "transit", "first_attempt", "exceptions", "customs", "customs_causes",
         "losses", "facilities")  # fmt: skip
_MOST = 7
_MOST_SCORES = 12


class Head(Struct, frozen=True):
    """One figure of all shipments, and how it went."""

    report: str
    figure: str
    text: str
    band: str
    n: str
    few: bool
    href: str
    to: str
    trend: Trend | None


class Card(Struct, frozen=True):
    """A report in small."""

    report: str
    to: str
    chart: Chart


async def show(visit: Visit) -> Response:
    at_home(visit)
    asked = Question.of("", visit.request.query_params)
    step = await unit(visit, asked)
    over = list(dict.fromkeys(head[0] for head in HEADS))
    answers = await asyncio.gather(
        *(ask(visit, asked.on(one).grouped(step)) for one in over),
        *(ask(visit, asked.on(one).grouped(shown()[one].by[0]), 60) for one in CARDS),
        ask(visit, asked.on("transit").grouped("all")),
        ask(visit, asked.on("carriers"), 60),
    )
    courses = dict(zip(over, map(rows_of, answers), strict=False))
    transit, score = rows_of(answers[-2]), rows_of(answers[-1])
    wholes = {one: summed(rows, one) for one, rows in courses.items() if shown()[one].value} | {
        "transit": transit[0] if transit else None
    }
    cards = zip(CARDS, answers[len(over) : -2], strict=True)
    columns = columns_of(shown()["carriers"], score)
    return visit.page(
        "analytics/overview.html",
        name="",
        heads=[one for head in HEADS if (one := _head(visit, asked, head, wholes, courses, step))],
        cards=[card for name, answer in cards if (card := _card(visit, asked, name, answer))],
        columns=columns,
        lines=_scores(visit, score, columns),
        first_of=lambda name: shown()[name].by[0],
        scores=asked.on("carriers").url(),
        **await frame(visit, asked, list(answers)),
    )


def summed(rows: list[dict[str, Any]], report: str) -> dict[str, Any] | None:
    """The share of all rows together; None without any."""
    n = sum(row["n"] for row in rows)
    if not n:
        return None
    figure = shown()[report].value
    part = sum(row[figure.removesuffix("_rate")] for row in rows)
    low, high = wilson(part, n)
    names = band_of(figure)
    return {"n": n, "small": n < FEW, figure: part / n, names[0]: low, names[1]: high}


def _head(
    visit: Visit, asked: Question, head: tuple[str, str, str],
    wholes: Mapping[str, dict[str, Any] | None], courses: Mapping[str, list[dict[str, Any]]],
    step: str,
) -> Head | None:  # fmt: skip
    report, figure, part = head
    row = wholes[report]
    if row is None:
        return None
    names, shape = Names(visit.reader), _of_figure(report, figure)
    trends = trends_of(shape, courses[report], [step], names)
    text, band = written(figure, row.get(figure), names), band_text(row, figure, names)
    reached = row.get(figure) is not None
    return Head(
        report=report,
        figure=f"{report}_{figure}",
        text=text if reached or not band else band,
        band=band if reached else "",
        n=names.number(row["n"]),
        few=bool(row["small"]),
        href=asked.on(report).url("/shipments", which=part),
        to=asked.on(report).url(),
        trend=trends[0] if trends and len(trends[0].points) > 1 else None,
    )


def _of_figure(report: str, figure: str) -> Shown:
    """The report's shape with this figure in the middle."""
    shape = shown()[report]
    name = "middle" if shape.chart == "spread" else "value"
    return structs.replace(shape, **{name: figure})


def _card(visit: Visit, asked: Question, name: str, answer: Answer) -> Card | None:
    by = list(answer.body["by"]) if answer.ok else []
    chart = chart_of(shown()[name], rows_of(answer), by, visit.reader, _MOST)
    return None if chart is None else Card(name, asked.on(name).url(), chart)


def _scores(visit: Visit, rows: list[dict[str, Any]], columns: list[str]) -> list[Line]:
    return lines_of(rows[:_MOST_SCORES], ["carrier"], columns, visit.reader)
