"""`milepost deliveries`: what was pushed, what was not taken, and sending it again."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from milepost.cli._native import PAGE, Native, on_server


@click.group("deliveries")
def deliveries_group() -> None:
    """The delivery log of webhooks and of the dialects' pushes."""


@deliveries_group.command("list")
@click.option("--state", type=click.Choice(["pending", "delivered", "failed"]),
              help="'failed' are the dead letters.")  # fmt: skip
@click.option("--number", help="Only what is about this tracking number.")
@click.option("--dialect", help="Only pushes to clients of this vendor.")
@click.option("--subscription", help="Only to this receiver.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@on_server
def list_(url: str, key: str, as_json: bool, limit: int, **wanted: Any) -> None:
    """What was sent, newest first."""
    found = Native(url, key).pages("/v1/deliveries", "deliveries", limit, wanted)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        why = f": {one['last_error']}" if one["last_error"] else ""
        again = f", next attempt {one['next_at']}" if one["next_at"] else ""
        to = one["dialect"] or "webhook"
        click.echo(
            f"{one['id']} {one['created_at']} {one['number']} {one['topic']} → {to} "
            f"{one['subscription']}, {one['state']} after {one['attempts']} attempts{again}{why}"
        )


@deliveries_group.command("replay")
@click.argument("deliveries", nargs=-1)
@click.option("--all-failed", is_flag=True, help="All dead letters, or those chosen below.")
@click.option("--dialect", help="With --all-failed: only to clients of this vendor.")
@click.option("--subscription", help="With --all-failed: only to this receiver.")
@on_server
def replay(
    deliveries: tuple[str, ...],
    all_failed: bool,
    dialect: str | None,
    subscription: str | None,
    url: str,
    key: str,
    as_json: bool,
) -> None:
    """Send DELIVERIES again, under the same message ids."""
    if all_failed == bool(deliveries):
        raise click.UsageError("Give ids, or --all-failed.")
    native = Native(url, key)
    if all_failed:
        body = {"dialect": dialect, "subscription": subscription, "limit": 10_000}
        count = native.call("POST", "/v1/deliveries/replay", body)["replayed"]
    else:
        for one in deliveries:
            native.call("POST", f"/v1/deliveries/{one}/replay")
        count = len(deliveries)
    said = f"{count} sent again"
    click.echo(msgspec.json.encode({"replayed": count}).decode() if as_json else said)


@deliveries_group.command("test")
@click.argument("subscription")
@on_server
def test(subscription: str, url: str, key: str, as_json: bool) -> None:
    """Send a test message to a SUBSCRIPTION now; for a dialect, its newest number."""
    tried = Native(url, key).call("POST", f"/v1/subscriptions/{subscription}/test")
    if as_json:
        click.echo(msgspec.json.encode(tried).decode())
    elif tried["delivered"]:
        click.echo(f"taken with {tried['code']} after {tried['duration_ms']} ms")
    else:
        click.secho(tried["error"], fg="yellow")
    if not tried["delivered"]:
        raise SystemExit(1)


@deliveries_group.command("receivers")
@click.option("--dialect", help="Those of this vendor's clients; else webhooks.")
@on_server
def receivers(dialect: str | None, url: str, key: str, as_json: bool) -> None:
    """Who is told, and who was switched off because nothing could be delivered."""
    query = {"dialect": dialect, "limit": PAGE}
    found = Native(url, key).call("GET", "/v1/subscriptions", **query)["subscriptions"]
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        click.echo(f"{one['id']} {one['url']} {'on' if one['active'] else one['disabled_why']}")
