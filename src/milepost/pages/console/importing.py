"""`/console/import`: a file is shown before it is taken, and says what it refused."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response

from milepost.pages.console.reader import ConsoleReader
from milepost.pages.console.refusals import file_in_words, in_words, reasons_of
from milepost.pages.console.tables import Seen, Tables
from milepost.pages.console.visit import Visit
from milepost.pages.headers import HEADERS
from milepost.stores.postgres.console.imports import ImportJob
from milepost.web.problems import ProblemError

HOME = "/console/import"
KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".json", ".ndjson", ".jsonl")
SHOWN = 5
MOST_LOOKS = 20


async def show(visit: Visit) -> Response:
    jobs = await visit.services.imports.newest(visit.tenant)
    return visit.page("import.html", jobs=jobs, kinds=",".join(KINDS), fault=None)


async def take(visit: Visit) -> Response:
    """The upload: kept, then shown."""
    name, content = visit.form.files.get("file", ("", b""))
    if not content or Path(name).suffix.lower() not in KINDS:
        return visit.back(HOME, visit.reader.text("import.no_file", kinds=", ".join(KINDS)))
    services = visit.services
    made = await services.imports.add(visit.tenant, visit.user.id, visit.user.email, name, content)
    return visit.back(f"{HOME}/{made}")


async def job(visit: Visit) -> Response:
    """Before it begins: what it would become. After: how far it has got."""
    found = await _found(visit)
    if found.state != "previewed":
        return visit.page("import_job.html", job=found, reasons=await _reasons(visit, found))
    try:
        look = await _looked(visit, found)
    except (ValueError, csv.Error) as error:
        return visit.back(
            HOME,
            visit.reader.text("import.unreadable", why=in_words(str(error), visit.reader)[:200]),
        )
    return visit.page(
        "import_preview.html", job=found, seen=look.seen, names=look.names, sample=look.sample,
        meanings=list(visit.services.tables.meanings),
        doubtful=_doubtful(look.seen, visit.reader),
        refusals=list(dict.fromkeys(in_words(one, visit.reader) for one in look.seen.refusals)),
    )  # fmt: skip


async def begin(visit: Visit) -> Response:
    found = await _found(visit)
    columns = {name: visit.form.get(f"column.{name}") for name in visit.services.tables.meanings}
    chosen = {name: theirs for name, theirs in columns.items() if theirs}
    if "number" not in chosen and not visit.form.get("recognised"):
        return visit.back(f"{HOME}/{found.id}", visit.reader.text("import.no_number"))
    if await visit.services.imports.begin(visit.tenant, found.id, chosen):
        await visit.note("import_begun", f"import {found.name}", None, {"columns": chosen})
    return visit.back(f"{HOME}/{found.id}")


async def refused(visit: Visit) -> Response:
    """The rows that were not taken, with the reason in the last column."""
    found = await _found(visit)
    text = await visit.services.imports.refused(visit.tenant, found.id)
    name = quote(f"{Path(found.name).stem}.refused.csv")
    more = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    said = await asyncio.to_thread(file_in_words, text, visit.reader)
    return Response(said.encode("utf-8-sig"), headers=HEADERS | more, media_type="text/csv")


async def _reasons(visit: Visit, job: ImportJob) -> list[tuple[str, int]]:
    if job.state == "running" or not job.counts.get("refused"):
        return []
    text = await visit.services.imports.refused(visit.tenant, job.id)
    return await asyncio.to_thread(reasons_of, text, visit.reader)


async def _looked(visit: Visit, job: ImportJob) -> Look:
    """Kept for the newest uploads. Raises ValueError or csv.Error for what cannot be read."""
    services, looks = visit.services, visit.services.looks
    if (known := looks.get(job.id)) is not None:
        return cast("Look", known)
    content = await services.imports.content(job.id)
    look = await asyncio.to_thread(_look, services.tables, job.name, content)
    looks[job.id] = look
    while len(looks) > MOST_LOOKS:
        looks.pop(next(iter(looks)), None)
    return look


def _doubtful(seen: Seen, reader: ConsoleReader) -> str:
    """How many addresses; of a long file also of how many that were looked at."""
    found = reader.count(seen.doubtful)
    return f"{found} / {reader.count(seen.checked)}" if seen.checked < seen.addressed else found


class Look(Struct, frozen=True):
    """What a file would become, its columns, and its first rows."""

    seen: Seen
    names: list[str]
    sample: list[list[str]]


def _look(tables: Tables, name: str, content: bytes) -> Look:
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"file{Path(name).suffix.lower()}"
        file.write_bytes(content)
        seen = tables.preview(file)
        first = [row for _, row in zip(range(SHOWN), tables.rows_of(file), strict=False)]
    names = [str(one) for one in (first[0] if first else ())]
    return Look(seen, names, [[str(row.get(one) or "") for one in names] for row in first])


async def _found(visit: Visit) -> ImportJob:
    text = str(visit.request.path_params["id"])
    known = text.isascii() and text.isdigit() and len(text) < 18
    found = await visit.services.imports.find(visit.tenant, int(text)) if known else None
    if found is None:
        raise ProblemError(404, "There is no such import.")
    return found
