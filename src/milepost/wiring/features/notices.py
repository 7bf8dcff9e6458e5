"""Network notices: given by hand or by CAP feeds, heard of by every process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from milepost.api import notices
from milepost.api.notices import FeedAnswer, Taken
from milepost.channels.client import FAILURES, Client
from milepost.domain.moment import to_datetime
from milepost.domain.notice import Notice
from milepost.engine.notices import NoticeRow, placed
from milepost.intake.cap import MOST_BYTES, links_of, message_of, read_all
from milepost.stores.postgres.notices import Feed, PostgresNotices
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature

log = structlog.get_logger()
LOOK_EVERY_S = 5.0
READ_EVERY_S = 300.0
READ_TIMEOUT_S = 20.0
MOST_MESSAGES = 50


class Desk:
    """See `api.notices.NoticeDesk`."""

    def __init__(self, context: Context) -> None:
        self._engine = context.engine
        self._store = PostgresNotices(context.pool)
        self._client = Client(allow_private=context.settings.allow_private_targets)
        self._known: list[NoticeRow] = []
        self.now_us = context.now_us

    async def refresh(self) -> None:
        """Another process may have given one out."""
        rows = await self._store.all_notices(to_datetime(self.now_us(), 0))
        if rows != self._known:
            self._known = rows
            self._engine.circumstances.heed(rows)

    def of(self, tenant: int) -> Sequence[NoticeRow]:
        return self._engine.queries.notices.of(tenant, self.now_us() // 1_000_000)

    async def add(self, tenant: int, given: Sequence[Notice]) -> list[int]:
        ids = await self._store.add_notices(tenant, given)
        await self.refresh()
        return ids

    async def end(self, tenant: int, notice: int, at: datetime) -> bool:
        done = await self._store.end_notice(tenant, notice, at)
        await self.refresh()
        return done

    async def take_cap(self, tenant: int, bodies: Sequence[bytes]) -> Taken:
        found = read_all(bodies)
        now = to_datetime(self.now_us(), 0)
        await self._store.end_identified(tenant, "cap", found.ended, now)
        told = {message_of(one.key) for one in found.notices}
        gone = await self._store.withdrawn(tenant, "cap", sorted(told))
        known = [placed(one) for one in found.notices if message_of(one.key) not in gone]
        unplaced = dict.fromkeys(name for _, names in known for name in names)
        ids = await self.add(tenant, [one for one, _ in known])
        return Taken(ids, found.faults, list(unplaced), found.left_out)

    async def feeds(self, tenant: int) -> Sequence[FeedAnswer]:
        rows = await self._store.feeds(tenant)
        return [FeedAnswer(one.id, one.url, one.read_at, one.last_error) for one in rows]

    async def add_feed(self, tenant: int, url: str) -> int:
        self._client.check_url(url)
        feed = await self._store.add_feed(tenant, url)
        await self.read_feed(Feed(feed, tenant, url, None, None))
        return feed

    async def remove_feed(self, tenant: int, feed: int) -> bool:
        return await self._store.remove_feed(tenant, feed)

    async def read_feeds(self) -> None:
        for feed in await self._store.feeds():
            await self.read_feed(feed)

    async def read_feed(self, feed: Feed) -> None:
        """Read a feed once; what goes wrong is kept with it for the tenant to see."""
        error = None
        try:
            body = await self._get(feed.url)
            links = links_of(body, feed.url)[:MOST_MESSAGES]
            bodies, faults = await self._messages(links) if links else ([body], [])
            taken = await self.take_cap(feed.tenant, bodies) if bodies else Taken()
            error = "; ".join([*faults, *taken.faults])[:500] or None
        except FAILURES as fault:
            error = f"{type(fault).__name__}: {fault}"[:500]
        await self._store.feed_read(feed.id, error)

    async def _messages(self, links: Sequence[str]) -> tuple[list[bytes], list[str]]:
        """What can be had of them; one that cannot loses no other."""
        bodies: list[bytes] = []
        faults: list[str] = []
        for url in links:
            try:
                self._client.check_url(url)
                bodies.append(await self._get(url))
            except FAILURES as fault:
                faults.append(f"{url}: {fault or type(fault).__name__}")
        return bodies, faults

    async def _get(self, url: str) -> bytes:
        """At most `MOST_BYTES` from a public address (as webhooks: never from inside)."""
        answer = await self._client.request(
            "GET", url, (), b"", most_bytes=MOST_BYTES, within_s=READ_TIMEOUT_S
        )
        if answer.status != 200:
            raise ValueError(f"{url}: status {answer.status}")
        if answer.cut:
            raise ValueError(f"{url}: more than {MOST_BYTES} bytes")
        return answer.body

    async def close(self) -> None:
        await self._client.close()


class NoticeFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._desk = Desk(context)
        self._reads = not context.settings.shard  # one process of several reads the feeds
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._desk.refresh()
        self._tasks = [asyncio.create_task(self._look())]
        if self._reads:
            self._tasks.append(asyncio.create_task(self._read()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._desk.close()

    def endpoints(self) -> Sequence[Endpoint]:
        return notices.endpoints(self._desk)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with suppress(ConnectionError):
                await self._desk.refresh()

    async def _read(self) -> None:
        while True:
            try:
                await self._desk.read_feeds()
            except ConnectionError as error:
                log.warning("notice_feeds_retry", error=repr(error))
            await asyncio.sleep(READ_EVERY_S)


def open_feature(context: Context) -> Feature:
    return NoticeFeature(context)
