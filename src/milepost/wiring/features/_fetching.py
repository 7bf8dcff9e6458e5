"""Calls to sources upstream, on guarded connections as webhooks use them."""

from __future__ import annotations

import asyncio
import zlib
from urllib.parse import urlsplit

from milepost.channels.discovery import Options
from milepost.channels.webhook.guard import GuardedNetwork, RefusedTargetError
from milepost.channels.webhook.pools import Pools
from milepost.channels.webhook.send import FAILURES, Webhook
from milepost.engine.polling import Reply, Request, Unanswered

TIMEOUT_S = 30.0
MOST_BYTES = 16 * 1024 * 1024


class Fetcher:
    """See `engine.polling.Fetch`: a whole answer, or Unanswered with the reason."""

    def __init__(self, options: Options, timeout_s: float = TIMEOUT_S) -> None:
        self._user_agent = options.user_agent
        self._timeout_s = timeout_s
        self._network = GuardedNetwork(allow_private=options.allow_private_targets)
        self._pools = Pools(self._network)
        self.check_url = Webhook(options).check_target

    async def __call__(self, lane: int, request: Request) -> Reply:
        try:
            # One limit for all of it: who answers a byte a second does not answer either.
            async with asyncio.timeout(self._timeout_s):
                return await self._exchange(lane, request)
        except TimeoutError:
            raise Unanswered(f"No answer within {self._timeout_s:.0f} seconds.") from None
        except RefusedTargetError as error:
            raise Unanswered(str(error)) from None
        except (*FAILURES, zlib.error) as error:
            said = f"{type(error).__name__}: {str(error)[:200]}".rstrip(": ")
            raise Unanswered(said) from None

    async def close(self) -> None:
        await self._pools.close()
        self._network.close()

    async def _exchange(self, lane: int, request: Request) -> Reply:
        headers: list[tuple[bytes | str, bytes | str]] = [
            ("host", urlsplit(request.url).netloc.rpartition("@")[2]),
            ("user-agent", self._user_agent),
            ("accept-encoding", "gzip"),
            *request.headers.items(),
        ]
        async with (
            self._pools.use(lane) as pool,
            pool.stream(
                request.method, request.url, headers=headers, content=request.body
            ) as response,
        ):
            found = {name.decode("latin-1").lower(): value.decode("latin-1")
                     for name, value in response.headers}  # fmt: skip
            body = bytearray()
            async for part in response.aiter_stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise Unanswered(f"The answer has more than {MOST_BYTES} bytes.")
        return Reply(status=response.status, headers=found, body=_plain(bytes(body), found))


def _plain(body: bytes, headers: dict[str, str]) -> bytes:
    if headers.get("content-encoding", "").lower() != "gzip" or not body:
        return body
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    plain = inflate.decompress(body, MOST_BYTES)
    if inflate.unconsumed_tail:
        raise Unanswered(f"The answer has more than {MOST_BYTES} bytes.")
    return plain
