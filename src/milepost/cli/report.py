"""`milepost report`: what the history says, from a running server or from its data folder."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from milepost.analytics.definitions import dimensions, reports

_FILTERS = ("carrier", "origin", "destination", "category", "service")


@click.command("report")
@click.argument("name", required=False)
@click.option("--from", "from_", metavar="DAY", help="First day, or a time (UTC).")
@click.option("--to", metavar="DAY", help="Last day, or a time (UTC).")
@click.option("--by", multiple=True, help="Dimension to group by; again, or with commas, for more.")
@click.option("--carrier")
@click.option("--origin", help="Country, region or city.")
@click.option("--destination", help="Country, region or city.")
@click.option("--category", help="Kind of goods.")
@click.option("--service")
@click.option("--where", multiple=True, metavar="DIMENSION=VALUE", help="Any other filter.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
@click.option("--shipments", is_flag=True, help="The shipments behind the report instead.")
@click.option("--which", help="With --shipments: one of the report's parts, such as broken.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--parquet", "parquet_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--rebuild", is_flag=True, help="First make the journey table anew.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--tenant", help="Whose, where the data folder has several.")
@click.option("--url", envvar="MILEPOST_URL", default="http://127.0.0.1:8000", show_default=True)
@click.option("--key", envvar="MILEPOST_KEY", help="API key (MILEPOST_KEY): asks the server.")
def report_command(name: str | None, **given: Any) -> None:
    """Show the report NAME; without a name, which reports there are.

    With a key a running server is asked. Without one, or with --data, the data folder is read.
    """
    from milepost.cli import _report_tables, _reporting

    if given["rebuild"]:
        asyncio.run(_reporting.rebuild(given))
    if name is None:
        if not given["rebuild"]:
            _reporting.show_list(as_json=given["as_json"])
        return
    name = name.replace("-", "_")
    if name not in reports():
        raise click.UsageError(f"there is no report '{name}', only {', '.join(reports())}")
    query = _query(given)
    if given["shipments"]:
        page = _reporting.behind(name, query | {"which": given["which"]}, given)
        _reporting.show_shipments(page, as_json=given["as_json"])
        return
    answer = _reporting.answer(name, query | {"by": ",".join(given["by"])}, given)
    for path, form in ((given["csv_file"], "csv"), (given["parquet_file"], "parquet")):
        if path is not None:
            _reporting.save(answer, path, form)
    if given["as_json"]:
        _reporting.show_json(answer)
    elif given["csv_file"] is None and given["parquet_file"] is None:
        _report_tables.show(answer)


def _query(given: dict[str, Any]) -> dict[str, Any]:
    """As the API takes it."""
    found = {name: given[name] for name in (*_FILTERS, "to", "limit")} | {"from": given["from_"]}
    for text in given["where"]:
        name, equals, value = text.partition("=")
        if not equals or name not in dimensions():
            names = ", ".join(dimensions())
            raise click.BadParameter(f"'{text}' is no DIMENSION=VALUE; dimensions are {names}")
        found[name] = value
    return {name: value for name, value in found.items() if value is not None}
