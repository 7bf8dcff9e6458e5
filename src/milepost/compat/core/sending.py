"""The channel of a dialect: a delivery of the outbox becomes that vendor's push.

Queue, lanes, retries, log, replay and dead letters are the announcer's, as for webhooks; the body,
the signature, what counts as taken and when to try again are the dialect's.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec
import structlog

from milepost.compat.core.pushing import Outgoing, Push, change_of
from milepost.domain.track import Track
from milepost.engine.delivery import Answer, Message, Subscription
from milepost.engine.dialects import Credentials, Hook, Watch, Watches

log = structlog.get_logger()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
FindTrack = Callable[[int, str], Awaitable[Track | None]]
FindTrackThen = Callable[[int, str, int], Awaitable[Track | None]]


class Post(Protocol):
    """Sends one request and returns status, body and an error of the connection."""

    async def __call__(self, request: Outgoing) -> tuple[int | None, bytes, str | None]: ...


class HookOf(Protocol):
    async def of_subscription(self, tenant: int, subscription: int) -> Hook | None: ...


class Delegate(msgspec.Struct):
    """What a dialect's channel works with."""

    watches: Watches
    hooks: HookOf
    credentials: Credentials
    track: FindTrack
    post: Post
    now_us: Callable[[], int]
    check_url: Callable[[str], None]
    base_url: str = ""
    track_then: FindTrackThen | None = None  # as it was known at microseconds since 1970


class DialectChannel:
    """See `engine.delivery.Channel`."""

    def __init__(self, vendor: str, push: Push, delegate: Delegate) -> None:
        self._vendor = vendor
        self._push = push
        self._as_made = bool(getattr(push, "AS_MADE", False))
        self._with = delegate

    def check_target(self, url: str) -> None:
        self._with.check_url(url)

    def check_secret(self, secret: str) -> None:
        raise ValueError("secret: a dialect signs with its credential")

    def new_secret(self) -> str:
        return ""

    async def close(self) -> None:
        """The connections belong to who made them."""

    async def send(self, subscription: Subscription, message: Message) -> Answer:
        start = time.perf_counter()
        answer = await self._send(subscription, message)
        took_ms = round((time.perf_counter() - start) * 1000)
        return msgspec.structs.replace(answer, duration_ms=took_ms)

    async def _send(self, subscription: Subscription, message: Message) -> Answer:
        watch = await self._watch(subscription, message)
        if watch is None:
            return Answer(response="not sent: nothing is watched here any more")
        created_us = (message.created_at - _EPOCH) // _MICROSECOND
        track = await self._track(watch, created_us)
        addressed = await self._addressed(watch, subscription)
        request = None
        if addressed is not None and (track is not None or self._as_made):
            change = change_of(message.topic, message.payload, message.id, created_us)
            request = self._push.request(addressed, track, change, self._with.now_us())  # type: ignore[arg-type]
        if request is None:
            return Answer(response="not sent: this vendor tells nothing of such a change")
        status, body, error = await self._with.post(request)
        return await self._judged(watch, track, status, body, error)

    async def _track(self, watch: Watch, created_us: int) -> Track | None:
        if self._with.track_then is not None and self._as_made:
            return await self._with.track_then(watch.tenant, watch.number, created_us)
        return await self._with.track(watch.tenant, watch.number)

    async def _judged(
        self, watch: Watch, track: Track | None, status: int | None, body: bytes, error: str | None
    ) -> Answer:
        said = body.decode("utf-8", "replace").replace("\x00", "")[:500]
        if status is not None and error is None and self._push.acknowledged(status, body):
            await self._end(watch, track)
            return Answer(code=status, response=said)
        return Answer(
            code=status,
            error=error or f"The receiver answered {status}, but not as {self._vendor} asks for.",
            response=said,
            schedule_s=self._push.RETRY_S,
        )

    async def _watch(self, subscription: Subscription, message: Message) -> Watch | None:
        known = msgspec.json.decode(message.payload).get("watch")
        if known is None:  # a test-fire: the newest number shows what a push looks like
            found = await self._with.watches.page(
                subscription.tenant, self._vendor, limit=1, newest_first=True
            )
            return found[0] if found else None
        watch = await self._known_watch(subscription.tenant, message.number, known)
        asked = message.topic == "watch.pushed"
        return watch if watch is not None and (watch.active or asked) else None

    async def _known_watch(self, tenant: int, number: str | None, known: int) -> Watch | None:
        # Watches of a number may be at hand.
        same = await self._with.watches.get(tenant, self._vendor, number) if number else []
        found = next((one for one in same if one.id == known), None)
        return found or await self._with.watches.by_id(tenant, self._vendor, known)

    async def _addressed(self, watch: Watch, subscription: Subscription) -> Watch | None:
        """The watch with the URL and the secret that this push is for."""
        secret, options = watch.secret, {"base_url": self._with.base_url} | watch.options
        hook = await self._with.hooks.of_subscription(watch.tenant, subscription.id)
        if hook is not None:
            secret, options = hook.secret or secret, options | {"hook": hook.options}
        if secret is None and self._push.SECRET is not None:
            secret = await self._own_secret(watch)
        return msgspec.structs.replace(
            watch, callback=subscription.url, secret=secret, options=options
        )

    async def _own_secret(self, watch: Watch) -> str | None:
        assert self._push.SECRET is not None
        credentials = self._with.credentials
        own = await credentials.find(self._vendor, watch.account) if watch.account else None
        if own is None or own.tenant != watch.tenant:
            own = next(iter(await credentials.of_tenant(watch.tenant, self._vendor)), None)
        return own.secrets.get(self._push.SECRET) if own is not None else None

    async def _end(self, watch: Watch, track: Track | None) -> None:
        if track is not None and watch.active and self._push.ends(watch, track):
            watch.active, watch.stopped_us = False, self._with.now_us()
            await self._with.watches.save(watch)
