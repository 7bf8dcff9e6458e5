"""One attempt to deliver the answer of a standing EPCIS query.

The body is the EPCISQueryDocument itself, without an envelope. `GS1-Signature` is the HMAC-SHA-256
of the body under the `signatureToken`, in base64; the headers of Standard Webhooks are beside it.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable

from msgspec.structs import replace

from milepost.channels import signing
from milepost.channels.discovery import Options
from milepost.channels.guarded import Outward
from milepost.engine.delivery import Answer, Message, Subscription

_HEADERS = {
    "content-type": "application/json",
    "gs1-epcis-version": "2.0.0",
    "gs1-cbv-version": "2.0.0",
    "accept-encoding": "identity",
}


class EpcisCallback:
    """See `engine.delivery.Channel`."""

    def __init__(self, options: Options, clock: Callable[[], float] = time.time) -> None:
        self._outward = Outward(options)
        self._agent = options.user_agent
        self._clock = clock

    def check_target(self, url: str) -> None:
        self._outward.check_url(url)

    def check_secret(self, secret: str) -> None:
        if not 1 <= len(secret) <= 500:
            raise ValueError("signatureToken: must have 1 to 500 characters")

    def new_secret(self) -> str:
        return signing.new_secret()

    async def send(self, subscription: Subscription, message: Message) -> Answer:
        body = message.payload
        headers = {
            **_HEADERS,
            "user-agent": self._agent,
            "gs1-signature": signature(subscription.secrets[0], body),
            **self._standard(subscription, message, body),
        }
        answer = await self._outward.send("POST", subscription.url, headers, body)
        return replace(answer, gone=answer.code == 410)

    async def close(self) -> None:
        await self._outward.close()

    def _standard(self, one: Subscription, message: Message, body: bytes) -> dict[str, str]:
        keys = [_as_key(secret) for secret in one.secrets]
        return signing.headers_of(keys, message.id, int(self._clock()), body)


def signature(token: str, body: bytes) -> str:
    """What `GS1-Signature` says of a body."""
    return base64.b64encode(hmac.digest(token.encode(), body, "sha256")).decode()


def _as_key(token: str) -> str:
    """A token as Standard Webhooks want their secrets; one that is none gives 32 bytes."""
    try:
        signing.key_of(token)
    except ValueError:
        drawn = hmac.digest(token.encode(), b"webhook-signature", "sha256")
        return signing.PREFIX + base64.b64encode(drawn).decode()
    return token


def build(options: Options) -> EpcisCallback:
    return EpcisCallback(options)
