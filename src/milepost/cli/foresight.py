"""`milepost foresight`: what arrival windows rest on, and where the world has changed."""

from __future__ import annotations

from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from milepost.cli._native import Native, on_server

_KINDS = {
    "slower": "takes {size:.2f} times as long as was usual",
    "faster": "takes {size:.2f} times as long as was usual",
    "quotes_broken": "{size:.0%} come after the end of their window",
}


@click.command("foresight")
@on_server
def foresight_command(url: str, key: str, as_json: bool) -> None:
    """What arrival windows rest on, and on which lanes the world has changed lately."""
    found = Native(url, key).call("GET", "/v1/foresight")
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    console = Console(highlight=False)
    model = f"model {found['model']}" if found["model"] else "no trained model: tables answer"
    console.print(f"{found['roads']} delivered roads have taught; {model}.")
    if not found["drift"]:
        console.print("Nothing has changed lately.")
        return
    table = Table("lanes", "what has changed", "standard errors", box=None)
    for one in found["drift"]:
        table.add_row(_lanes(one), _KINDS[one["kind"]].format(size=one["size"]), str(one["sure"]))
    console.print(table)


def _lanes(drift: dict[str, Any]) -> str:
    ends = " → ".join(drift[name] or "?" for name in ("origin", "destination"))
    return f"{drift['carrier']}  {ends}" if drift["carrier"] else "all"
