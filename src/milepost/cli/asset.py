"""`milepost asset`: what is known of trucks, cages and sensors on a running server."""

from __future__ import annotations

from urllib.parse import quote

import click
import msgspec
from rich.console import Console
from rich.table import Table

from milepost.cli._native import asked, on_server

Value = str | int | float | bool


class Fact(msgspec.Struct):
    value: Value
    at: str


class Alarm(msgspec.Struct):
    alarm: str | int
    since: str
    until: str
    standing: bool
    lat: float | None = None
    lon: float | None = None


class Terminal(msgspec.Struct):
    protocol: str
    identity: str


class Asset(msgspec.Struct):
    """The server's answer to `GET /v1/assets/{asset}`, as far as it is shown."""

    asset: str
    label: str | None = None
    terminals: list[Terminal] = []
    facts: dict[str, Fact] = {}
    alarms: list[Alarm] = []


@click.command("asset")
@click.argument("names", nargs=-1, required=True)
@on_server
def asset_command(names: tuple[str, ...], url: str, key: str, as_json: bool) -> None:
    """Show the assets NAMES, such as truck:A1: devices, what they say of it, and their alarms."""
    unknown = False
    for name in names:
        status, body = asked(url, key, f"/v1/assets/{quote(name, safe=':')}")
        if status == 404:
            unknown = True
            click.secho(f"{name}: there is no such asset", fg="yellow", err=True)
        elif as_json:
            click.echo(body.decode())
        else:
            _show(msgspec.json.decode(body, type=Asset))
    if unknown:
        raise SystemExit(1)


def _show(asset: Asset) -> None:
    click.secho(f"{asset.asset}  {asset.label or ''}".rstrip(), bold=True)
    for one in asset.terminals:
        click.echo(f"  {one.protocol} {one.identity}")
    if asset.facts:
        _table("fact", "value", "at", [
            (name, str(one.value), one.at) for name, one in asset.facts.items()
        ])  # fmt: skip
    if asset.alarms:
        _table("alarm", "", "since, until", [
            (_name(one), "standing" if one.standing else "over", f"{one.since}  {one.until}")
            for one in asset.alarms
        ])  # fmt: skip


def _name(one: Alarm) -> str:
    return f"number {one.alarm}" if isinstance(one.alarm, int) else one.alarm


def _table(first: str, second: str, third: str, rows: list[tuple[str, str, str]]) -> None:
    table = Table(first, second, third, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
