"""One attempt to deliver a message by HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpcore2
import msgspec

from milepost.channels import signing
from milepost.channels.discovery import Options
from milepost.channels.webhook.envelope import CONTENT_TYPE, envelope
from milepost.channels.webhook.guard import GuardedNetwork, RefusedTargetError, check, literal
from milepost.channels.webhook.pools import Pools
from milepost.engine.delivery import Answer, Message, Subscription

TIMEOUT_S = 15.0
KEPT_CHARACTERS = 500
# So much of an answer is read, that its connection can be used again; nothing waits for the rest.
MOST_READ_BYTES = 16_384
LONGEST_URL = 2_048
FAILURES = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
    OSError,
    ValueError,
)


class Webhook:
    """See `engine.delivery.Channel`."""

    def __init__(self, options: Options, clock: Callable[[], float] = time.time) -> None:
        self._options = options
        self._clock = clock
        self._network = GuardedNetwork(allow_private=options.allow_private_targets)
        self._pools = Pools(self._network)

    def check_target(self, url: str) -> None:
        host = _host_of(url)
        address = literal(host)
        if address is None and host.rstrip(".").lower() == "localhost":
            address = literal("127.0.0.1")
        if address is not None:
            try:
                check(address, allow_private=self._options.allow_private_targets)
            except RefusedTargetError as error:
                raise ValueError(f"url: {error}") from None

    def check_secret(self, secret: str) -> None:
        signing.key_of(secret)

    def new_secret(self) -> str:
        return signing.new_secret()

    async def send(self, subscription: Subscription, message: Message) -> Answer:
        body = envelope(message, self._options.source)
        headers = {
            "content-type": CONTENT_TYPE,
            "user-agent": self._options.user_agent,
            "accept-encoding": "identity",
            **signing.headers_of(subscription.secrets, message.id, int(self._clock()), body),
        }
        start = time.perf_counter()
        answer = await self._post(subscription, headers, body)
        took_ms = round((time.perf_counter() - start) * 1000)
        return msgspec.structs.replace(answer, duration_ms=took_ms)

    async def close(self) -> None:
        await self._pools.close()
        self._network.close()

    async def _post(
        self, subscription: Subscription, headers: dict[str, str], body: bytes
    ) -> Answer:
        try:
            # One limit for all of it: a receiver that answers a byte a second is slow as well.
            async with asyncio.timeout(TIMEOUT_S):
                async with self._pools.use(subscription.id) as pool:
                    return await self._exchange(pool, subscription.url, headers, body)
        except TimeoutError:
            return Answer(error=f"No answer within {TIMEOUT_S:.0f} seconds.")
        except RefusedTargetError as error:
            return Answer(error=str(error))
        except FAILURES as error:
            return Answer(error=_words(error))

    async def _exchange(
        self, pool: httpcore2.AsyncConnectionPool, url: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        given: list[tuple[bytes | str, bytes | str]] = [("host", urlsplit(url).netloc)]
        given += headers.items()
        async with pool.stream("POST", url, headers=given, content=body) as response:
            said = b""
            async for part in response.aiter_stream():
                said += part
                if len(said) >= MOST_READ_BYTES:
                    break
            return self._answer(response.status, dict(response.headers), said)

    def _answer(self, code: int, headers: dict[bytes, bytes], said: bytes) -> Answer:
        asked = {name.lower(): value for name, value in headers.items()}.get(b"retry-after")
        return Answer(
            code=code,
            error=_error_of(code),
            response=said.decode("utf-8", "replace").replace("\x00", "")[:KEPT_CHARACTERS],
            retry_after_s=self._seconds(asked) if asked and code in {429, 503} else None,
            gone=code == 410,
        )

    def _seconds(self, asked: bytes) -> int | None:
        """`Retry-After`: seconds or a date."""
        text = asked.decode("latin-1").strip()
        if text.isascii() and text.isdigit():
            return int(text[:9])
        try:
            return max(0, round(parsedate_to_datetime(text).timestamp() - self._clock()))
        except (ValueError, OverflowError):
            return None


def build(options: Options) -> Webhook:
    return Webhook(options)


def _host_of(url: str) -> str:
    """The host of a URL that can be sent to. Raises ValueError."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"url: must have {LONGEST_URL} printable ASCII characters at most")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"url: {error}") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("url: must begin with https:// or http:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("url: must not hold a user name or password; deliveries are signed")
    return host


def _error_of(code: int) -> str | None:
    if 200 <= code < 300:
        return None
    if 300 <= code < 400:
        return f"The receiver answered {code}: redirects are not followed."
    return f"The receiver answered {code}."


def _words(error: Exception) -> str:
    text = str(error)[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
