"""`/console/analytics`: the figures that matter, each on its way to its report."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from msgspec import Struct, structs
from starlette.responses import Response

from milepost.analytics.asked_before import FOLLOWS
from milepost.analytics.bands import FEW, wilson
from milepost.pages.console.analytics.asking import (
    ask,
    filters,
    head,
    notes,
    rows_of,
    unit,
)  # fmt: skip
from milepost.pages.console.analytics.bars import Chart, chart_of
from milepost.pages.console.analytics.cells import Line, band_text, columns_of, lines_of, written
from milepost.pages.console.analytics.drift import drift
from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.question import Question
from milepost.pages.console.analytics.shown import Shown, band_of, shown
from milepost.pages.console.analytics.trend import Trend, trends_of
from milepost.pages.console.native import Answer
from milepost.pages.console.streaming import Parts
from milepost.pages.console.visit import Visit

# Figures of all shipments together: report, figure, the part that is behind it. Shares are summed
# from their course; percentiles have to be asked for.
HEADS = (
    ("promise", "kept_rate", "kept"), ("transit", "p50_h", "delivered"),
    ("transit", "p90_h", "delivered"), ("first_attempt", "first_rate", "first"),
    ("customs_causes", "held_rate", "held"), ("losses", "returned_rate", "returned"),
)  # fmt: skip
CARDS = ("promise", "transit", "first_attempt", "exceptions", "customs", "customs_causes",
         "losses", "facilities")  # fmt: skip
_MOST, _ROWS = 7, 60
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
    """The frame comes at once, each figure as soon as it is reckoned."""
    asked = Question.of("", visit.request.query_params)
    names = {f"head_{figure[1]}": figure for figure in HEADS}
    parts: Parts = {
        "asked": partial(_filters, visit, asked),
        "none": partial(_none, visit, asked),
        **{name: partial(_one_head, visit, asked, figure) for name, figure in names.items()},
        **{one: partial(_one_card, visit, asked, one) for one in CARDS},
        "drift": partial(drift, visit),
        "scores": partial(_compared, visit, asked),
        "notes": partial(_notes, visit, asked),
    }
    return visit.stream(
        "analytics/overview.html", parts, name="", heads=list(names), cards=CARDS,
        **head(visit, asked),
    )  # fmt: skip


async def _filters(visit: Visit, asked: Question) -> str:
    found = await filters(visit, asked)
    return visit.html("analytics/_asked.html", **head(visit, asked), **found)


async def _none(visit: Visit, asked: Question) -> str:
    """Says so where there is nothing at all."""
    months = await ask(visit, asked.on("volumes").grouped("month"))
    nothing = months.ok and not rows_of(months)
    return visit.html("analytics/_none.html", nothing=nothing)


async def _step(visit: Visit, asked: Question) -> str:
    """The first question of all parts; those that follow in its wake need not wait again."""
    step = await unit(visit, asked)
    FOLLOWS.set(True)
    return step


async def _one_head(visit: Visit, asked: Question, figure: tuple[str, str, str]) -> str:
    report, step = figure[0], await _step(visit, asked)
    # Percentiles cannot be summed from their course: they are asked for beside it.
    groups = [step] if shown()[report].value else [step, "all"]
    answers = await asyncio.gather(*(ask(visit, asked.on(report).grouped(by)) for by in groups))
    course, *rest = map(rows_of, answers)
    whole = next(iter(rest[0]), None) if rest else summed(course, report)
    one = _head(visit, asked, figure, whole, course, step)
    return visit.html("analytics/_head.html", one=one) if one else ""


async def _small(visit: Visit, asked: Question, name: str) -> Answer:
    await _step(visit, asked)
    return await ask(visit, asked.on(name).grouped(shown()[name].by[0]), _ROWS)


async def _one_card(visit: Visit, asked: Question, name: str) -> str:
    card = _card(visit, asked, name, await _small(visit, asked, name))
    return visit.html("analytics/_card.html", one=card, by=shown()[name].by[0]) if card else ""


async def _compared(visit: Visit, asked: Question) -> str:
    await _step(visit, asked)
    rows = rows_of(await ask(visit, asked.on("carriers"), _ROWS))
    columns = columns_of(shown()["carriers"], rows)
    return visit.html(
        "analytics/_scores.html", columns=columns, lines=_scores(visit, rows, columns),
        scores=asked.on("carriers").url(),
    )  # fmt: skip


async def _notes(visit: Visit, asked: Question) -> str:
    answers = await asyncio.gather(*(_small(visit, asked, one) for one in CARDS))
    return visit.html("analytics/_notes.html", **notes(list(answers)))


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
    visit: Visit, asked: Question, named: tuple[str, str, str], row: dict[str, Any] | None,
    course: list[dict[str, Any]], step: str,
) -> Head | None:  # fmt: skip
    report, figure, part = named
    if row is None:
        return None
    names, shape = Names(visit.reader), _of_figure(report, figure)
    trends = trends_of(shape, course, [step], names)
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
