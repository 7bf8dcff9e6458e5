"""`milepost hooks`: where the accounts of dialects are pushed to, as vendors' consoles set it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from milepost.settings import Settings, from_environment

if TYPE_CHECKING:
    from milepost.stores.postgres.dialects import PostgresHooks

Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])
Work = Callable[["PostgresHooks", int, str], Awaitable[Result]]
_PLAIN = ("version", "base_url", "event")


def _on_store(command: Command) -> Command:
    """Options that all commands of this group have."""
    folder = click.Path(path_type=Path)
    for option in (
        click.option("--tenant", required=True, help="Name of the tenant."),
        click.option("--dialect", required=True, help="kdniao, kuaidi100, 17track, aftership …"),
        click.option("--data", type=folder, help="Folder of the data [.milepost]."),
        click.option("--database", help="PostgreSQL URL; embedded in the data without one."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    ):
        command = option(command)
    return command


@click.group("hooks")
def hooks_group() -> None:
    """Webhooks of dialects' accounts. Kuaidi100's clients give theirs with each number."""


@hooks_group.command("add")
@click.argument("url")
@click.option("--secret", help="Signs what is sent there; the account's own without it.")
@click.option("--version", help="AfterShip: the version of what is sent, such as 2026-07.")
@click.option("--base-url", help="What links in messages begin with; this server without it.")
@click.option("--event", help="Shippo: the event that is wanted, such as track_updated.")
@_on_store
def add(
    url: str, secret: str | None, tenant: str, dialect: str, as_json: bool, **given: Any
) -> None:
    """Push every change of the account's numbers to URL."""
    from milepost.engine.dialects import Hook

    options = {name: given.pop(name) for name in _PLAIN}
    options = {name: value for name, value in options.items() if value is not None}
    _check_version(dialect, options.get("version"))

    async def work(hooks: PostgresHooks, owner: int, vendor: str) -> Hook:
        hook = Hook(tenant=owner, dialect=vendor, url=url, secret=secret, options=options)
        return await hooks.add(hook)

    made = _run(from_environment(**given), tenant, dialect, work)
    _say([_shown(made)], as_json=as_json)


@hooks_group.command("list")
@_on_store
def list_(tenant: str, dialect: str, as_json: bool, **given: Any) -> None:
    """All webhooks of the account."""

    async def work(hooks: PostgresHooks, owner: int, vendor: str) -> list[Any]:
        return await hooks.of_tenant(owner, vendor)

    found = _run(from_environment(**given), tenant, dialect, work)
    _say([_shown(one) for one in found], as_json=as_json)


@hooks_group.command("remove")
@click.argument("hook", type=int)
@_on_store
def remove(hook: int, tenant: str, dialect: str, as_json: bool, **given: Any) -> None:
    """Push nothing more to the HOOK of this id."""

    async def work(hooks: PostgresHooks, owner: int, vendor: str) -> bool:
        found = await hooks.by_id(owner, vendor, hook)
        if found is not None:
            await hooks.delete(found)
        return found is not None

    if not _run(from_environment(**given), tenant, dialect, work):
        raise click.ClickException(f"There is no such hook: {hook}")
    click.echo(msgspec.json.encode({"removed": hook}).decode() if as_json else "removed")


def _run(settings: Settings, tenant: str, dialect: str, work: Work[Result]) -> Result:
    from milepost.compat.core.discovery import all_dialects, find

    found = find(dialect)
    if found is None:
        raise click.UsageError(f"No dialect '{dialect}'; there are {', '.join(all_dialects())}.")
    vendor = found.manifest.vendor

    async def run() -> Result:
        from milepost.cli.keys import known_tenant
        from milepost.wiring import open_dialect_stores, open_store

        store = await open_store(settings)
        try:
            _, hooks = open_dialect_stores(settings, store.pool)
            return await work(hooks, await known_tenant(store, tenant), vendor)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        finally:
            await store.close()

    return asyncio.run(run())


def _check_version(dialect: str, version: str | None) -> None:
    from milepost.compat.aftership import versions

    if version is None:
        return
    if dialect != "aftership":
        raise click.UsageError("--version goes with --dialect aftership.")
    if version != versions.LEGACY and not versions.is_version(version):
        raise click.UsageError(f"AfterShip has no version '{version}'.")


def _shown(hook: Any) -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "active": hook.active,
        "options": hook.options,
        "signed_with": "its own secret" if hook.secret else "the account's",
    }


def _say(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        more = "".join(f" {name}={value}" for name, value in one["options"].items())
        click.echo(f"{one['id']} {one['url']}{more}{'' if one['active'] else ' (off)'}")
