"""`/console/analytics/{report}/file`: what is shown, as CSV or Parquet."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from milepost.analytics.answers import Answer
from milepost.analytics.exporting import as_csv, as_parquet
from milepost.pages.console.analytics.asking import ask
from milepost.pages.console.analytics.question import Question
from milepost.pages.console.analytics.shown import shown
from milepost.pages.console.visit import Visit
from milepost.pages.headers import HEADERS
from milepost.web.problems import ProblemError

MOST_ROWS = 10_000
_KINDS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


async def file(visit: Visit) -> Response:
    """All groups of the question, with every figure of the report."""
    name, query = visit.request.path_params["report"], visit.request.query_params
    shape, form = shown().get(name), query.get("format", "csv")
    if shape is None or form not in _KINDS:
        raise ProblemError(404, visit.reader.text("figures.unknown"))
    asked = Question.of(name, query)
    found = await ask(visit, asked.grouped(asked.by or shape.by[0], asked.over), MOST_ROWS)
    if not found.ok:
        raise ProblemError(found.status, found.why)
    answer = msgspec.convert(found.body, Answer)
    body = as_csv(answer) if form == "csv" else as_parquet(answer)
    named = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(body, 200, HEADERS | named, _KINDS[form])
