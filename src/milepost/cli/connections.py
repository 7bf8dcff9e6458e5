"""`milepost connections`: accounts upstream that the server asks."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from milepost.cli._native import Native, on_server


@click.group("connections")
def connections_group() -> None:
    """Accounts at Kdniao, Kuaidi100, 17TRACK … whose data this server fetches."""


@connections_group.command("add")
@click.argument("source")
@click.option("--credential", "-c", multiple=True, metavar="NAME=VALUE",
              help="A field of the account; '-' as VALUE asks for it unseen.")  # fmt: skip
@click.option("--name", default="", help="What you call it.")
@click.option("--base-url", help="Where the source is, if not at its usual address.")
@click.option("--carrier", multiple=True, help="Only shipments of this carrier (our slug).")
@click.option("--rate", "rate_per_s", type=float, help="Calls a second at most.")
@click.option("--concurrency", type=int, help="Calls at once at most.")
@click.option("--daily-budget", type=int, help="Calls a day (UTC) at most.")
@click.option("--option", "-o", multiple=True, metavar="NAME=VALUE",
              help="An option of the source, such as phone_tail=1234.")  # fmt: skip
@click.option("--paused", is_flag=True, help="Ask nothing yet.")
@on_server
def add(
    source: str,
    credential: tuple[str, ...],
    carrier: tuple[str, ...],
    option: tuple[str, ...],
    paused: bool,
    url: str,
    key: str,
    as_json: bool,
    **given: Any,
) -> None:
    """Connect an account at SOURCE; what is asked for are the open shipments."""
    body: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    body |= {"source": source, "credentials": _pairs(credential, hidden=True)}
    body |= {"carriers": list(carrier), "options": _typed(_pairs(option)), "active": not paused}
    added = Native(url, key).call("POST", "/v1/connections", body)
    _show([added], as_json=as_json, alone=True)
    if added["push_url"] and not as_json:
        click.echo(f"Let the source push to {added['push_url']}")


@connections_group.command("list")
@on_server
def list_(url: str, key: str, as_json: bool) -> None:
    """All accounts, how they are, and how fresh what they tell is."""
    found = Native(url, key).call("GET", "/v1/connections")["connections"]
    _show(found, as_json=as_json)


@connections_group.command("sources")
@on_server
def sources(url: str, key: str, as_json: bool) -> None:
    """The sources that can be asked, and the credentials that each needs."""
    found = Native(url, key).call("GET", "/v1/connections/sources")["sources"]
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        optional = "".join(f" [{name}]" for name in one["optional"])
        click.echo(f"{one['source']}: {' '.join(one['credentials'])}{optional}")


@connections_group.command("pause")
@click.argument("connection")
@on_server
def pause(connection: str, url: str, key: str, as_json: bool) -> None:
    """Ask nothing more until it is resumed."""
    _switch(connection, url, key, as_json=as_json, active=False)


@connections_group.command("resume")
@click.argument("connection")
@on_server
def resume(connection: str, url: str, key: str, as_json: bool) -> None:
    """Ask again."""
    _switch(connection, url, key, as_json=as_json, active=True)


@connections_group.command("remove")
@click.argument("connection")
@on_server
def remove(connection: str, url: str, key: str, as_json: bool) -> None:
    """Forget an account with its credentials; what it told stays."""
    Native(url, key).call("DELETE", f"/v1/connections/{connection}")
    click.echo(msgspec.json.encode({"removed": connection}).decode() if as_json else "removed")


@connections_group.command("test")
@click.argument("connection")
@click.argument("number")
@click.option("--carrier", help="The number's carrier, where the source must be told.")
@on_server
def test(
    connection: str, number: str, carrier: str | None, url: str, key: str, as_json: bool
) -> None:
    """Ask for one NUMBER now and tell what came of it; nothing is kept."""
    body = {"number": number, "carrier": carrier}
    tried = Native(url, key).call("POST", f"/v1/connections/{connection}/test", body)
    if as_json:
        click.echo(msgspec.json.encode(tried).decode())
    else:
        said = f": {tried['message']}" if tried["message"] else ""
        scans = f", {tried['scans']} scans" if tried["ok"] else ""
        click.echo(f"{tried['outcome']} after {tried['duration_ms']} ms{scans}{said}")
    if not tried["ok"]:
        raise SystemExit(1)


def _switch(connection: str, url: str, key: str, *, as_json: bool, active: bool) -> None:
    changed = Native(url, key).call("PATCH", f"/v1/connections/{connection}", {"active": active})
    _show([changed], as_json=as_json, alone=True)


def _pairs(texts: tuple[str, ...], *, hidden: bool = False) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise click.UsageError(f"'{text}' is not NAME=VALUE.")
        found[name] = click.prompt(name, hide_input=True) if hidden and value == "-" else value
    return found


def _typed(options: dict[str, str]) -> dict[str, str | int]:
    """Options of pace, whose names end in `_s`, are numbers."""
    return {
        name: int(value) if name.endswith("_s") and value.isdigit() else value
        for name, value in options.items()
    }


def _show(found: list[dict[str, Any]], *, as_json: bool, alone: bool = False) -> None:
    if as_json:
        click.echo(msgspec.json.encode(found[0] if alone else found).decode())
        return
    if not found:
        click.echo("no connections")
    for one in found:
        fresh = one["freshness"]
        age = "-" if fresh["p90_s"] is None else f"{fresh['p90_s'] / 60:.0f} min"
        name = f" ({one['name']})" if one["name"] else ""
        click.echo(
            f"{one['id']} {one['source']}{name}: {one['state']}, {fresh['tracked']} numbers, "
            f"{fresh['due']} due, nine of ten younger than {age}, {one['spent_today']} calls today"
        )
        if one["last_error"]:
            click.secho(f"  {one['last_error_at']}: {one['last_error']}", fg="yellow")
