"""What the dialects' routes and channels work with."""

from __future__ import annotations

from milepost import compat
from milepost.channels.discovery import Options
from milepost.compat.core.discovery import all_dialects, pushes
from milepost.compat.core.posting import Poster
from milepost.compat.core.sending import Delegate, DialectChannel
from milepost.domain.track import Track
from milepost.engine.delivering import Announcer
from milepost.engine.delivery import Channel
from milepost.runners.inline import Inline, clock_us
from milepost.settings import Settings
from milepost.stores.postgres.dialects import (
    Around,
    PostgresCredentials,
    PostgresHooks,
    PostgresPushes,
    PostgresWatches,
)
from milepost.stores.postgres.ledger import PostgresLedger
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import MASTER_KEY, Sealer, open_sealer
from milepost.stores.vaulting import checked_suite
from milepost.web.limits import Limiter

KEY_FILE = MASTER_KEY


def open_dialect_stores(
    settings: Settings, pool: Pool
) -> tuple[PostgresCredentials, PostgresHooks]:
    """Credentials and hooks for the command line, beside a server that may be running."""
    sealer = open_sealer(settings.data / KEY_FILE)
    topics = {vendor: push.TOPICS for vendor, push in pushes()}
    options = Options(allow_private_targets=settings.allow_private_targets)

    async def unheard(_: object) -> None:
        """A running server looks for new subscriptions by itself."""

    around = Around(
        pool, sealer, clock_us, topics.__getitem__, Poster(options).check_url, unheard,
        lambda: None, unheard,
    )  # fmt: skip
    return PostgresCredentials(pool, sealer), PostgresHooks(around)


def openly(dialect: str) -> frozenset[str]:
    """The options of a dialect's watches that are kept without a seal."""
    found = all_dialects().get(dialect)
    return found.manifest.open_options if found is not None else frozenset()


class Dialects:
    """What the dialects' routes and channels work with."""

    def __init__(
        self,
        engine: Inline,
        ledger: PostgresLedger,
        pool: Pool,
        sealer: Sealer,
        poster: Poster,
        settings: Settings,
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._poster = poster
        self._base_url = settings.home
        self._limiter = Limiter(settings.requests_per_s, settings.burst)
        self._most_watched = settings.watched_per_dialect
        self._pushes = pushes()
        self._announcer: Announcer | None = None
        around = Around(
            pool, sealer, engine.now_us, self._topics, poster.check_url, self._changed,
            engine.announced.set, engine.follow, openly, checked_suite(settings.vault_suite),
        )  # fmt: skip
        self.credentials = PostgresCredentials(pool, sealer)
        self.hooks = PostgresHooks(around)
        self.pushes = PostgresPushes(around)
        self.watches = PostgresWatches(
            around, most=settings.watched_per_dialect,
            most_callbacks=settings.subscriptions_per_tenant,
            followed=engine.followed if settings.shard is None else None,
        )  # fmt: skip

    def tell(self, announcer: Announcer) -> None:
        """Who is to know of new subscriptions."""
        self._announcer = announcer

    def services(self) -> compat.CompatServices:
        one = self._engine
        return compat.CompatServices(
            queries=one.queries,
            registrar=one.registrar,
            journey=one.journey,
            ledger=self._ledger,
            credentials=self.credentials,
            watches=self.watches,
            hooks=self.hooks,
            pushes=self.pushes,
            crosswalk=compat.crosswalk(),
            now_us=one.now_us,
            base_url=self._base_url,
            limiter=self._limiter,
            most_watched=self._most_watched,
        )

    def channels(self) -> dict[str, Channel]:
        delegate = Delegate(
            watches=self.watches,
            hooks=self.hooks,
            credentials=self.credentials,
            track=self._track,
            post=self._poster,
            now_us=self._engine.now_us,
            check_url=self._poster.check_url,
            base_url=self._base_url,
            track_then=self._track_then,
        )
        return {vendor: DialectChannel(vendor, push, delegate) for vendor, push in self._pushes}

    async def close(self) -> None:
        await self._poster.close()

    def _topics(self, dialect: str) -> tuple[str, ...]:
        return dict(self._pushes)[dialect].TOPICS

    async def _changed(self, subscription: int) -> None:
        if self._announcer is not None:
            await self._announcer.changed(subscription)

    async def _track(self, tenant: int, number: str) -> Track | None:
        track = await self._engine.queries.track(tenant, number, private=True)
        return track and self._engine.queries.foreseen(tenant, track)

    async def _track_then(self, tenant: int, number: str, then_us: int) -> Track | None:
        return await self._engine.queries.track_then(tenant, number, then_us, private=True)
