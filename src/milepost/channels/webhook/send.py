"""One attempt to deliver a message by HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec.structs import replace

from milepost.channels import signing
from milepost.channels.discovery import Options
from milepost.channels.guarded import Outward
from milepost.channels.webhook.envelope import CONTENT_TYPE, Envelopes
from milepost.engine.delivery import Answer, Message, Subscription


class Webhook:
    """See `engine.delivery.Channel`."""

    def __init__(self, options: Options, clock: Callable[[], float] = time.time) -> None:
        self._envelopes = Envelopes(options.source)
        self._headers = {
            "content-type": CONTENT_TYPE,
            "user-agent": options.user_agent,
            "accept-encoding": "identity",
        }
        self._clock = clock
        self._outward = Outward(options, clock)

    def check_target(self, url: str) -> None:
        self._outward.check_url(url)

    def check_secret(self, secret: str) -> None:
        signing.key_of(secret)

    def new_secret(self) -> str:
        return signing.new_secret()

    async def send(self, subscription: Subscription, message: Message) -> Answer:
        body = self._envelopes.of(message)
        at_s = int(self._clock())
        signed = signing.headers_of(subscription.secrets, message.id, at_s, body)
        answer = await self._outward.send("POST", subscription.url, self._headers | signed, body)
        return answer if answer.code != 410 else replace(answer, gone=True)

    async def close(self) -> None:
        await self._outward.close()


def build(options: Options) -> Webhook:
    return Webhook(options)
