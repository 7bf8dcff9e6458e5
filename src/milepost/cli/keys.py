"""`milepost keys`: who may call."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from milepost.settings import Settings, from_environment

if TYPE_CHECKING:
    from milepost.compat.core.discovery import Dialect


@click.group("keys")
def keys_group() -> None:
    """API keys of tenants."""


@keys_group.command("create")
@click.option("--tenant", required=True, help="Name of the tenant; created if it is new.")
@click.option("--name", default="command line", help="What the key is for.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--dialect", help="Credentials for clients of this vendor: kdniao, 17track …")
@click.option("--callback", help="With --dialect: where the account's changes are pushed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def create(
    tenant: str,
    name: str,
    dialect: str | None,
    callback: str | None,
    as_json: bool,
    **given: object,
) -> None:
    """Make a key; it is shown once, alone on the last line."""
    if dialect is not None:
        found = _dialect(dialect)
        fields = asyncio.run(create_credentials(from_environment(**given), tenant, found, callback))
        lines = [f"{field}: {value}" for field, value in fields.items()]
        click.echo(msgspec.json.encode(fields).decode() if as_json else "\n".join(lines))
        return
    if callback is not None:
        raise click.UsageError("--callback goes with --dialect; see 'POST /v1/subscriptions'.")
    key = asyncio.run(create_key(from_environment(**given), tenant, name))
    click.echo(msgspec.json.encode({"tenant": tenant, "key": key}).decode() if as_json else key)


def _dialect(name: str) -> Dialect:
    from milepost.compat.core.discovery import all_dialects, find

    found = find(name)
    if found is None:
        raise click.UsageError(f"No dialect '{name}'; there are {', '.join(all_dialects())}.")
    return found


async def create_credentials(
    settings: Settings, tenant: str, dialect: Dialect, callback: str | None = None
) -> dict[str, str]:
    """New credentials of a tenant for the clients of one vendor, by their fields' names.

    Raises click.UsageError for a callback that cannot be called.
    """
    from milepost.engine.dialects import Hook
    from milepost.wiring import open_dialect_stores, open_store

    store = await open_store(settings)
    try:
        credentials, hooks = open_dialect_stores(settings, store.pool)
        owner = await store.accounts.tenant(tenant)
        public_id, fields = dialect.make_credentials()
        vendor = dialect.manifest.vendor
        known = {hook.url for hook in await hooks.of_tenant(owner, vendor)}
        if callback is not None and callback not in known:
            await hooks.add(Hook(tenant=owner, dialect=vendor, url=callback))
        await credentials.add(owner, vendor, public_id, fields)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    finally:
        await store.close()
    return fields


async def create_key(settings: Settings, tenant: str, name: str, *, synthetic: bool = False) -> str:
    """A new key of a tenant in the store of these settings."""
    from milepost.web.auth import hash_of, new_key
    from milepost.wiring import open_store

    store = await open_store(settings)
    try:
        key = new_key()
        owner = await store.accounts.tenant(tenant, synthetic=synthetic)
        await store.accounts.add_key(owner, hash_of(key), name)
    finally:
        await store.close()
    return key
