"""`milepost alerts`: what is wrong now, and what was."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from milepost.cli._native import Native, on_server

COLOURS = {"critical": "red", "warning": "yellow"}


@click.command("alerts")
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@click.option("--rule", help="Only of this rule: dwell, customs_hold …")
@click.option("--severity", type=click.Choice(["info", "warning", "critical"]))
@click.option("--number", help="Only of the shipment with this tracking number.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@on_server
def alerts_command(
    url: str, key: str, as_json: bool, everything: bool, limit: int, **wanted: Any
) -> None:
    """Show the open alerts of all shipments, newest first."""
    query = wanted | ({} if everything else {"open": "true"})
    found = Native(url, key).pages("/v1/alerts", "alerts", limit, query)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        over = f" – {one['cleared_at']}" if one["cleared_at"] else ""
        grave = click.style(one["severity"], fg=COLOURS.get(one["severity"]))
        click.echo(f"{one['number']} {grave} {one['rule']} {one['opened_at']}{over}")
    if not found:
        click.echo("No alert.")
