"""How `milepost report` asks, and how an answer looks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from milepost.analytics.answers import Answer, BehindPage
from milepost.analytics.definitions import allowed, reports
from milepost.analytics.exporting import as_csv, as_parquet
from milepost.analytics.selection import BadSelectionError
from milepost.settings import from_environment

Found = TypeVar("Found")


def answer(name: str, query: dict[str, Any], given: dict[str, Any]) -> Answer:
    """From the server where there is a key and no data folder is named."""
    if given["key"] and not given["data"]:
        return msgspec.convert(_asked(f"/v1/reports/{name}", query, given), Answer)
    from milepost.api.reports import ReportQuery, selection

    asked = msgspec.convert(query, ReportQuery, strict=False)
    by = tuple(one for one in query["by"].split(",") if one)

    async def work(parts: Any, tenant: int, synthetic: bool) -> Answer:
        found: Answer = await parts.reports.report(
            tenant, name, selection(asked, by), limit=asked.limit, synthetic=synthetic
        )
        return found

    return _offline(given, work)


def behind(name: str, query: dict[str, Any], given: dict[str, Any]) -> BehindPage:
    query = {key: value for key, value in query.items() if value is not None}
    query["limit"] = min(query["limit"], 1000)
    if given["key"] and not given["data"]:
        page = _asked(f"/v1/reports/{name}/shipments", query, given)
        return msgspec.convert(page, BehindPage)
    from milepost.api.reports import BehindQuery, selection

    asked = msgspec.convert(query, BehindQuery, strict=False)

    async def work(parts: Any, tenant: int, _: bool) -> BehindPage:
        found: BehindPage = await parts.reports.behind(
            tenant, name, selection(asked, ()), which=asked.which, limit=asked.limit, after=None
        )
        return found

    return _offline(given, work)


def _asked(path: str, query: dict[str, Any], given: dict[str, Any]) -> Any:
    from milepost.cli._native import Native

    return Native(given["url"], given["key"], timeout_s=600).call("GET", path, **query)


def _offline(given: dict[str, Any], work: Callable[[Any, int, bool], Awaitable[Found]]) -> Found:
    async def run() -> Found:
        from milepost.wiring import open_store
        from milepost.wiring.features._reporting import open_parts

        settings = from_environment(data=given["data"], database=given["database"])
        store = await open_store(settings)
        parts = await open_parts(
            settings.data, store.pool, store.ledger, lambda: time.time_ns() // 1000
        )
        try:
            tenant = _tenant(await store.accounts.tenants(), given["tenant"])
            with suppress(BlockingIOError):  # a server keeps the table up to date
                await parts.builder.turn()
            return await work(parts, tenant, tenant in await store.accounts.synthetic_tenants())
        finally:
            parts.history.close()
            await store.close()

    try:
        return asyncio.run(run())
    except BadSelectionError as error:
        raise click.ClickException(str(error)) from None


def _tenant(known: list[tuple[int, str]], wanted: str | None) -> int:
    found = [one for one, name in known if wanted in (None, name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(name for _, name in known)
    raise click.UsageError(f"give --tenant, one of: {names}" if names else "there is no tenant yet")


async def rebuild(given: dict[str, Any]) -> None:
    """The journey table anew from the journal and the sealed days."""
    from milepost.wiring import open_store
    from milepost.wiring.features._reporting import open_parts

    settings = from_environment(data=given["data"], database=given["database"])
    store = await open_store(settings)
    parts = await open_parts(
        settings.data, store.pool, store.ledger, lambda: time.time_ns() // 1000
    )
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}: {task.completed} roads"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("reading", total=None)
            rows = await parts.builder.rebuild(lambda count: progress.advance(task, count))
        console.print(f"{rows} rows in the journey table")
    except BlockingIOError:
        raise click.ClickException("A server is writing the table just now; try again.") from None
    finally:
        parts.history.close()
        await store.close()


def save(found: Answer, path: Path, form: str) -> None:
    path.write_bytes(as_csv(found) if form == "csv" else as_parquet(found))
    click.echo(f"{len(found.rows)} rows in {path}", err=True)


def show_json(found: Answer) -> None:
    click.echo(msgspec.json.encode(found).decode())


def show_list(*, as_json: bool) -> None:
    if as_json:
        listed = [
            {"name": name, "title": one.title, "by": one.by, "dimensions": allowed(one)}
            for name, one in reports().items()
        ]
        click.echo(msgspec.json.encode({"reports": listed}).decode())
        return
    table = Table("report", "what it says", "grouped by")
    for name, one in reports().items():
        table.add_row(name, one.title, ", ".join(one.by))
    Console().print(table)


def show_shipments(page: BehindPage, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(page).decode())
        return
    details = list(dict.fromkeys(name for one in page.shipments for name in one.detail))
    table = Table("number", "shipment", *details)
    for one in page.shipments:
        told = (one.detail.get(name) for name in details)
        table.add_row(
            one.number, one.shipment, *("–" if each is None else str(each) for each in told)
        )
    Console(highlight=False).print(table)
    if page.next:
        click.echo("There are more; --json gives the cursor of the next page to the API.", err=True)
