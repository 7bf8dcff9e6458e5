"""`milepost users`: who may sign in to the console."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click
import msgspec

from milepost.settings import Settings, from_environment

ROLES = ("viewer", "agent", "manager", "admin")


@click.group("users")
def users_group() -> None:
    """People of the console."""


@users_group.command("create")
@click.option("--tenant", required=True, help="Name of the tenant; created if it is new.")
@click.option("--email", required=True, help="The address that the user signs in with.")
@click.option("--role", type=click.Choice(ROLES), default="admin", show_default=True)
@click.option("--name", default="", help="The user's name.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def create(tenant: str, email: str, role: str, name: str, as_json: bool, **given: object) -> None:
    """Make a user; the last line is a link that signs in once, within 24 hours.

    It leads to MILEPOST_PUBLIC_URL, else to MILEPOST_URL, else to MILEPOST_HOST and MILEPOST_PORT.
    """
    if "@" not in email or len(email) > 320:
        raise click.UsageError(f"'{email}' is not a mail address.")
    settings = from_environment(**given)
    link = asyncio.run(create_user(settings, tenant, email, role, name))
    _print(settings, link, as_json=as_json)


@users_group.command("link")
@click.option("--email", required=True, help="The user's address.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def link(email: str, as_json: bool, **given: object) -> None:
    """A new link for a user who cannot sign in."""
    settings = from_environment(**given)
    found = asyncio.run(_link(settings, email))
    if found is None:
        raise click.ClickException(f"nobody signs in as '{email}'")
    _print(settings, found, as_json=as_json)


def _print(settings: Settings, link: str, *, as_json: bool) -> None:
    home = settings.public_url or os.environ.get("MILEPOST_URL") or settings.home
    url = home.rstrip("/") + link
    click.echo(msgspec.json.encode({"sign_in": url}).decode() if as_json else url)


async def create_user(
    settings: Settings, tenant: str, email: str, role: str, name: str = ""
) -> str:
    """The path of a one-time sign-in link for a new user. Raises click.UsageError."""
    from milepost.pages.console.access.sessions import new_link
    from milepost.stores.postgres.users import EmailTakenError, Users
    from milepost.wiring import open_store

    store = await open_store(settings)
    try:
        users = Users(store.pool)
        owner = await store.accounts.tenant(tenant)
        made = await users.add(owner, email, role, name)
        return await new_link(users, made)
    except EmailTakenError as error:
        raise click.UsageError(f"{error}; see 'milepost users link'.") from None
    finally:
        await store.close()


async def _link(settings: Settings, email: str) -> str | None:
    from milepost.pages.console.access.sessions import new_link
    from milepost.stores.postgres.users import Users
    from milepost.wiring import open_store

    store = await open_store(settings)
    try:
        users = Users(store.pool)
        user = await users.by_email(email)
        return None if user is None else await new_link(users, user.id)
    finally:
        await store.close()
