"""`milepost keys`: who may call."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from milepost.settings import Settings, from_environment


@click.group("keys")
def keys_group() -> None:
    """API keys of tenants."""


@keys_group.command("create")
@click.option("--tenant", required=True, help="Name of the tenant; created if it is new.")
@click.option("--name", default="command line", help="What the key is for.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def create(tenant: str, name: str, as_json: bool, **given: object) -> None:
    """Make a key; it is shown once, alone on the last line."""
    key = asyncio.run(create_key(from_environment(**given), tenant, name))
    click.echo(msgspec.json.encode({"tenant": tenant, "key": key}).decode() if as_json else key)


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
