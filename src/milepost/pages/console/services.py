"""What the console works with; the roof gives it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Protocol

from msgspec import Struct, field

from milepost.engine.live import Live
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.pages.console.access.oidc.config import OidcConfig
from milepost.pages.console.access.oidc.identity import Identity
from milepost.pages.console.access.oidc.members import Members
from milepost.pages.console.native import Native
from milepost.pages.console.tables import Tables
from milepost.stores.postgres.accounts import Accounts
from milepost.stores.postgres.console.board import Board
from milepost.stores.postgres.console.books import Act, Acts, Audit, Views
from milepost.stores.postgres.console.identities import Identities
from milepost.stores.postgres.console.imports import Imports
from milepost.stores.postgres.console.network import Network
from milepost.stores.postgres.console.outlooks import Outlooks
from milepost.stores.postgres.console.pages import TenantSettings
from milepost.stores.postgres.console.tenants import Tenants
from milepost.stores.postgres.console.worries import Worries
from milepost.stores.postgres.users import Users


class Provider(Protocol):
    """See `access.oidc.provider.Provider`, which needs the extra `oidc`."""

    config: OidcConfig

    async def begin(self, token: str, back: str) -> str: ...

    async def end(self, token: str, back: str, code: str) -> Identity: ...

    async def answers_with_issuer(self) -> bool: ...

    async def way_out(self, back: str) -> str | None: ...


class Mail(Protocol):
    """A mail to somebody of a tenant; whether its mail server took it. The first line is the
    subject; `path` is where the button leads.
    """

    async def __call__(
        self, tenant: int, to: str, locale: str, lines: tuple[str, ...], button: str, path: str
    ) -> bool: ...


class SingleSignOn(Struct):
    """An OpenID Connect provider, where one is set up."""

    provider: Provider
    members: Members
    identities: Identities


class Services(Struct, kw_only=True):
    """`watch` yields whenever a tenant's lists have changed, or now and then without a change.

    `look_ahead` has the outlook of roads made anew, a moment later.

    `base_url`: where browsers reach us, without a slash; None: wherever they have come to.
    `synthetic`: whether a tenant's data are made up, which every page says.
    `operator`: the name of the tenant that runs this server, where there is one.
    """

    users: Users
    accounts: Accounts
    tenants: Tenants
    worries: Worries
    board: Board
    outlooks: Outlooks
    look_ahead: Callable[[Iterable[int]], None]
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
    synthetic: Callable[[int], bool] = lambda _tenant: False
    undo_s: float = 10.0
    mail: Mail | None = None
    single: SingleSignOn | None = None
    base_url: str | None = None
    operator: str | None = None
    # What the newest uploads look like, by job: reading a large file again takes seconds.
    looks: dict[int, Any] = field(default_factory=dict)
