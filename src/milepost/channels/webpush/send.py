"""One attempt to deliver a letter to a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from milepost.channels.discovery import Options
from milepost.channels.guarded import Outward
from milepost.channels.personal import PersonalChannel
from milepost.channels.webpush.encrypt import MOST_BYTES, PushSubscription, encrypted
from milepost.channels.webpush.vapid import Vapid
from milepost.engine.delivery import Answer
from milepost.engine.notifying import Letter, Letters


class WebPush(PersonalChannel):
    """See `engine.delivery.Channel`. `vapid` is given by the roof."""

    name = "webpush"
    vapid: Vapid | None = None

    def __init__(self, options: Options, clock: Callable[[], float] = time.time) -> None:
        self._outward = Outward(options)
        self._clock = clock

    def check_target(self, url: str) -> None:
        """`url` is a browser's push subscription as JSON."""
        try:
            found = msgspec.json.decode(url, type=PushSubscription)
            self._outward.check_url(found.endpoint)
            encrypted(b"", found.keys)
        except (msgspec.DecodeError, ValueError) as error:
            raise ValueError(f"push subscription: {error}") from None

    async def settings(self, letters: Letters, tenant: int) -> Mapping[str, Any] | None:
        """There is nothing to set up."""
        return {} if self.vapid is not None else None

    async def deliver(self, letter: Letter, settings: Mapping[str, Any], message: str) -> Answer:
        assert self.vapid is not None
        target = msgspec.json.decode(letter.to, type=PushSubscription)
        headers = {
            "content-type": "application/octet-stream",
            "content-encoding": "aes128gcm",
            "ttl": str(letter.holds_s),
            "urgency": "high" if letter.urgent else "normal",
            "authorization": self.vapid.authorization(target.endpoint, int(self._clock())),
        }
        body = encrypted(payload_of(letter, message), target.keys)
        return _judged(await self._outward.send("POST", target.endpoint, headers, body))

    async def close(self) -> None:
        await self._outward.close()


def payload_of(letter: Letter, message: str) -> bytes:
    """What the page's worker shows: `{title, body, url, lang, tag}`."""
    shown = {"title": letter.subject, "body": letter.short, "url": letter.url or "/",
             "lang": letter.locale, "tag": message, "brand": letter.brand}  # fmt: skip
    body = msgspec.json.encode(shown)
    return body if len(body) <= MOST_BYTES else msgspec.json.encode(shown | {"body": ""})


def _judged(answer: Answer) -> Answer:
    """404 and 410: the browser has ended it. Other 4xx will not get better by trying."""
    code = answer.code or 0
    if code in (404, 410):
        return replace(answer, gone=True)
    if 400 <= code < 500 and code not in (408, 429):
        return replace(answer, schedule_s=())
    return answer


def build(options: Options) -> WebPush:
    return WebPush(options)
