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
    from milepost.wiring import Store


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
@click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --dialect aftership: PEM of the RSA key that its requests are signed with.",
)
@click.option(
    "--auth-type",
    type=click.Choice(["AES", "RSA"]),
    help="With --dialect aftership: requests without this signature are refused.",
)
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(["read", "write", "personal"]),
    multiple=True,
    help="What the key may do, once for each [read, write]. 'personal' shows and erases people.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def create(
    tenant: str,
    name: str,
    dialect: str | None,
    callback: str | None,
    public_key: Path | None,
    auth_type: str | None,
    scopes: tuple[str, ...],
    as_json: bool,
    **given: object,
) -> None:
    """Make a key; it is shown once, alone on the last line."""
    more = _signing(dialect, public_key, auth_type)
    if dialect is not None:
        found = _dialect(dialect)
        settings = from_environment(**given)
        fields = asyncio.run(create_credentials(settings, tenant, found, callback, more))
        lines = [f"{field}: {value}" for field, value in fields.items()]
        click.echo(msgspec.json.encode(fields).decode() if as_json else "\n".join(lines))
        return
    if callback is not None:
        raise click.UsageError("--callback goes with --dialect; see 'POST /v1/subscriptions'.")
    key = asyncio.run(create_key(from_environment(**given), tenant, name, scopes=scopes))
    click.echo(msgspec.json.encode({"tenant": tenant, "key": key}).decode() if as_json else key)


@keys_group.command("list")
@click.option("--tenant", required=True, help="Name of the tenant.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_(tenant: str, as_json: bool, **given: object) -> None:
    """Keys and credentials that are valid; none is shown itself."""
    found = asyncio.run(_list(from_environment(**given), tenant))
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        click.echo(f"{one['id']} {one['dialect'] or 'native'} {one['name']}")


@keys_group.command("revoke")
@click.argument("key", type=int)
@click.option("--tenant", required=True, help="Name of the tenant.")
@click.option("--dialect", help="For a credential of this vendor; else a key of the native API.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def revoke(key: int, tenant: str, dialect: str | None, as_json: bool, **given: object) -> None:
    """Refuse the KEY of this id (see `list`) from now on; a running server does within 10 s."""
    vendor = None if dialect is None else _dialect(dialect).manifest.vendor
    if not asyncio.run(_revoke(from_environment(**given), tenant, vendor, key)):
        raise click.ClickException(f"'{tenant}' has no such valid key: {key}")
    click.echo(msgspec.json.encode({"revoked": key}).decode() if as_json else "revoked")


async def _list(settings: Settings, tenant: str) -> list[dict[str, object]]:
    from milepost.compat.core.discovery import all_dialects
    from milepost.wiring import open_dialect_stores, open_store

    store = await open_store(settings)
    try:
        owner = await known_tenant(store, tenant)
        credentials, _ = open_dialect_stores(settings, store.pool)
        native: list[dict[str, object]] = [
            {
                "id": one.id,
                "dialect": None,
                "name": one.name,
                "scopes": one.scopes,
                "created_at": one.created_at,
                "expires_at": one.expires_at,
            }
            for one in await store.accounts.keys(owner)
        ]
        theirs: list[dict[str, object]] = [
            {"id": one.key, "dialect": vendor, "name": _hint(one.public_id)}
            for vendor in all_dialects()
            for one in await credentials.of_tenant(owner, vendor)
        ]
        return [*native, *theirs]
    finally:
        await store.close()


def _hint(public_id: str) -> str:
    """Enough to tell one from another: with some vendors it is itself the secret."""
    return f"{public_id[:6]}…"


async def _revoke(settings: Settings, tenant: str, vendor: str | None, key: int) -> bool:
    from milepost.wiring import open_dialect_stores, open_store

    store = await open_store(settings)
    try:
        owner = await known_tenant(store, tenant)
        if vendor is None:
            return await store.accounts.revoke_key(owner, key)
        credentials, _ = open_dialect_stores(settings, store.pool)
        return await credentials.revoke(owner, vendor, key)
    finally:
        await store.close()


async def known_tenant(store: Store, name: str) -> int:
    """The id of a tenant that there is. Raises click.ClickException."""
    found = {known: number for number, known in await store.accounts.tenants()}
    if name not in found:
        raise click.ClickException(f"There is no tenant '{name}'.")
    return found[name]


def _signing(dialect: str | None, public_key: Path | None, auth_type: str | None) -> dict[str, str]:
    """What AfterShip's clients may sign with beside their secret."""
    if public_key is None and auth_type is None:
        return {}
    if dialect != "aftership":
        raise click.UsageError("--public-key and --auth-type go with --dialect aftership.")
    if auth_type == "RSA" and public_key is None:
        raise click.UsageError("--auth-type RSA needs --public-key.")
    from milepost.compat.aftership.access import AUTH_TYPE, PUBLIC_KEY
    from milepost.compat.aftership.sign import is_rsa_key

    found = {} if auth_type is None else {AUTH_TYPE: auth_type}
    if public_key is not None:
        found[PUBLIC_KEY] = public_key.read_text("utf-8")
        if not is_rsa_key(found[PUBLIC_KEY]):
            raise click.UsageError(f"{public_key} is not the PEM of an RSA public key.")
    return found


def _dialect(name: str) -> Dialect:
    from milepost.compat.core.discovery import all_dialects, find

    found = find(name)
    if found is None:
        raise click.UsageError(f"No dialect '{name}'; there are {', '.join(all_dialects())}.")
    return found


async def create_credentials(
    settings: Settings,
    tenant: str,
    dialect: Dialect,
    callback: str | None = None,
    more: dict[str, str] | None = None,
) -> dict[str, str]:
    """New credentials of a tenant for the clients of one vendor, by their fields' names; `more` is
    kept with them.

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
        await credentials.add(owner, vendor, public_id, fields | (more or {}))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    finally:
        await store.close()
    return fields


async def create_key(
    settings: Settings,
    tenant: str,
    name: str,
    *,
    synthetic: bool = False,
    scopes: tuple[str, ...] = (),
) -> str:
    """A new key of a tenant in the store of these settings; it reads and writes by default."""
    from milepost.web.auth import hash_of, new_key
    from milepost.wiring import open_store

    store = await open_store(settings)
    try:
        key = new_key()
        owner = await store.accounts.tenant(tenant, synthetic=synthetic)
        await store.accounts.add_key(owner, hash_of(key), name, scopes or ("read", "write"))
    finally:
        await store.close()
    return key
