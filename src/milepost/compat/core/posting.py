"""One request to a receiver, on guarded connections as webhooks use them."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from milepost.channels.discovery import Options
from milepost.channels.webhook.guard import GuardedNetwork, RefusedTargetError
from milepost.channels.webhook.pools import Pools
from milepost.channels.webhook.send import FAILURES, MOST_READ_BYTES, Webhook
from milepost.compat.core.pushing import Outgoing

TIMEOUT_S = 15.0


class Poster:
    """See `sending.Post`."""

    def __init__(self, options: Options) -> None:
        self._user_agent = options.user_agent
        self._network = GuardedNetwork(allow_private=options.allow_private_targets)
        self._pools = Pools(self._network)
        self.check_url = Webhook(options).check_target

    async def __call__(self, lane: int, request: Outgoing) -> tuple[int | None, bytes, str | None]:
        try:
            # One limit for all of it: a receiver that answers a byte a second is slow as well.
            async with asyncio.timeout(TIMEOUT_S):
                return await self._exchange(lane, request)
        except TimeoutError:
            return None, b"", f"No answer within {TIMEOUT_S:.0f} seconds."
        except RefusedTargetError as error:
            return None, b"", str(error)
        except FAILURES as error:
            return None, b"", f"{type(error).__name__}: {str(error)[:200]}".rstrip(": ")

    async def close(self) -> None:
        await self._pools.close()
        self._network.close()

    async def _exchange(self, lane: int, request: Outgoing) -> tuple[int, bytes, str | None]:
        given = {name.lower() for name in request.headers}
        ours = (("user-agent", self._user_agent), ("accept-encoding", "identity"))
        headers: list[tuple[bytes | str, bytes | str]] = [
            ("host", urlsplit(request.url).netloc),
            *(one for one in ours if one[0] not in given),
            *(one for one in request.headers.items() if one[0].lower() != "host"),
        ]
        async with (
            self._pools.use(lane) as pool,
            pool.stream(
                request.method, request.url, headers=headers, content=request.body
            ) as response,
        ):
            said = b""
            async for part in response.aiter_stream():
                said += part
                if len(said) >= MOST_READ_BYTES:
                    break
            return response.status, said, None
