"""What can be added to a running Milepost without touching it: one file in `features/` each.

A module there offers `open_feature(context) -> Feature`. It is found by being there and opened
once at start-up, after the engine runs; modules whose name starts with `_` are helpers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from starlette.routing import BaseRoute

from milepost.engine.ports import Ledger
from milepost.runners.inline import Inline
from milepost.settings import Settings
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import Sealer, open_sealer
from milepost.web.endpoint import Endpoint
from milepost.wiring.dialects import KEY_FILE
from milepost.wiring.lessons import Lessons
from milepost.wiring.past import Past

if TYPE_CHECKING:
    from milepost.wiring.milepost import Milepost

F = TypeVar("F", bound="Feature")


class Context:
    """What a feature may build on."""

    def __init__(self, milepost: Milepost) -> None:
        self.milepost = milepost
        self.settings: Settings = milepost.settings
        self.engine: Inline = milepost.engine
        self.pool: Pool = milepost.store.pool
        self.ledger: Ledger = milepost.services.ledger
        self.sealer: Sealer = open_sealer(milepost.settings.data / KEY_FILE)
        # Microseconds since 1970; the demo's clock runs faster than the wall's.
        self.now_us: Callable[[], int] = milepost.engine.now_us
        # Roads that have ended, for features that learn from them.
        self.lessons = self._lessons(milepost)

    def _lessons(self, milepost: Milepost) -> Lessons:
        shard, accounts = self.engine.shard, milepost.store.accounts
        past = Past(self.ledger, accounts.tenants, self.engine.owns, shard.unwritten)
        wholes = self.engine.queries.wholes
        return Lessons(wholes, self.engine, shard.road_of, shard.states.get, past)

    def feature(self, kind: type[F]) -> F:
        """The feature of this kind, once all are open."""
        return next(one for one in self.milepost.features if isinstance(one, kind))

    def shown_tenants(self) -> list[int]:
        """The tenants whose shipments the public page shows, as of now."""
        return self.milepost.shown


class Feature:
    """Nothing at all; a feature overrides what it has."""

    async def start(self) -> None:
        """Open what it needs; the engine runs already, the server does not yet answer."""

    async def stop(self) -> None:
        """Let go of it, before the engine stops."""

    def endpoints(self) -> Sequence[Endpoint]:
        """Endpoints of the native API; they show in its OpenAPI document."""
        return ()

    def routes(self) -> Sequence[BaseRoute]:
        """Plain routes: pages, and protocols with bodies of their own."""
        return ()


def modules() -> list[ModuleType]:
    """Every module of the folder that offers a feature, in the order of their names."""
    package = import_module("milepost.wiring.features")
    names = sorted(one.name for one in iter_modules(package.__path__))
    return [import_module(f"{package.__name__}.{name}") for name in names if name[0] != "_"]


def open_features(context: Context) -> list[Feature]:
    """Every feature of the folder."""
    return [module.open_feature(context) for module in modules()]
