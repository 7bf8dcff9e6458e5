"""What the console works with; the roof gives it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from msgspec import Struct

from milepost.engine.live import Live
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.pages.console.native import Native
from milepost.pages.console.tables import Tables
from milepost.stores.postgres.accounts import Accounts
from milepost.stores.postgres.console.books import Act, Acts, Audit, Views
from milepost.stores.postgres.console.imports import Imports
from milepost.stores.postgres.console.network import Network
from milepost.stores.postgres.console.pages import TenantSettings
from milepost.stores.postgres.console.worries import Worries
from milepost.stores.postgres.users import Users


class Identity(Protocol):
    """An OpenID Connect provider, where one is set up."""

    name: str

    async def begin(self, back: str) -> tuple[str, str]:
        """(where to send the browser, what to keep until it comes back)."""
        ...

    async def end(self, kept: str, back: str, query: dict[str, str]) -> tuple[str, str]:
        """(subject, verified address). Raises ValueError."""
        ...


class Services(Struct, kw_only=True):
    """`watch` yields whenever a tenant's lists have changed, or now and then without a change."""

    users: Users
    accounts: Accounts
    worries: Worries
    audit: Audit
    views: Views
    acts: Acts
    network: Network
    settings: TenantSettings
    native: Native
    imports: Imports
    tables: Tables
    ledger: Ledger
    queries: Queries
    live: Live
    watch: Callable[[int], AsyncIterator[bool]]
    run_act: Callable[[Act], Awaitable[None]]
    now_us: Callable[[], int]
    carrier_name: Callable[[str, str], str]
    undo_s: float = 10.0
    identity: Identity | None = None
