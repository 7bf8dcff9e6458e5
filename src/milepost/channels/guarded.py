"""What channels that speak HTTP share: one guarded request, judged by its status."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit

import httpcore2

from milepost.channels.discovery import Options
from milepost.channels.webhook.guard import (
    GuardedNetwork,
    RefusedTargetError,
    check,
    literal,
    trusted,
)
from milepost.engine.delivery import Answer

__all__ = ["Outward", "RefusedTargetError", "check", "literal"]
TIMEOUT_S = 15.0
MOST_READ_BYTES = 16_384
_KEPT_CHARACTERS = 500
_FAILURES = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
    OSError,
    ValueError,
)


class Outward:
    """Requests to addresses that may be called, without redirects, proxies or cookies."""

    def __init__(self, options: Options) -> None:
        self._allow_private = options.allow_private_targets
        self._network = GuardedNetwork(allow_private=options.allow_private_targets)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=trusted(),
            max_connections=256,
            keepalive_expiry=20.0,
            network_backend=self._network,
        )

    def check_url(self, url: str) -> None:
        """Raises ValueError where nothing can be sent there."""
        if len(url) > 2_048 or not url.isascii() or not url.isprintable() or " " in url:
            raise ValueError("url: must have 2048 printable ASCII characters at most")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("url: must begin with https:// or http:// and a host")
        address = literal(parts.hostname)
        if address is not None:
            try:
                check(address, allow_private=self._allow_private)
            except RefusedTargetError as error:
                raise ValueError(f"url: {error}") from None

    async def send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """One try. An answer outside of 200 to 299 is an error; `gone` is for the caller to say."""
        start = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                code, asked, said = await self._exchange(method, url, headers, body)
        except TimeoutError:
            return Answer(error=f"No answer within {TIMEOUT_S:.0f} seconds.")
        except RefusedTargetError as error:
            return Answer(error=str(error), schedule_s=())
        except _FAILURES as error:
            return Answer(error=f"{type(error).__name__}: {error}"[:200])
        return Answer(
            code=code,
            error=None if 200 <= code < 300 else f"The receiver answered {code}.",
            response=said.decode("utf-8", "replace").replace("\x00", "")[:_KEPT_CHARACTERS],
            duration_ms=round((time.perf_counter() - start) * 1000),
            retry_after_s=asked if code in {429, 503} else None,
        )

    async def close(self) -> None:
        await self._pool.aclose()
        self._network.close()

    async def _exchange(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, int | None, bytes]:
        given: list[tuple[bytes | str, bytes | str]] = [("host", urlsplit(url).netloc)]
        given += headers.items()
        async with self._pool.stream(method, url, headers=given, content=body) as response:
            said = b""
            async for part in response.aiter_stream():
                said += part
                if len(said) >= MOST_READ_BYTES:
                    break
            return response.status, _retry_after(response.headers), said


def _retry_after(headers: list[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name.lower() == b"retry-after" and value.strip().isdigit():
            return int(value.strip()[:9])
    return None
