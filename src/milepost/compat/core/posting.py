"""One request to a receiver, on guarded connections as webhooks use them."""

from __future__ import annotations

from milepost.channels.client import FAILURES, Client, words
from milepost.channels.discovery import Options
from milepost.channels.guarded import MOST_READ_BYTES, TIMEOUT_S
from milepost.compat.core.pushing import Outgoing


class Poster:
    """See `sending.Post`."""

    def __init__(self, options: Options) -> None:
        self._client = Client(allow_private=options.allow_private_targets)
        self._ours = (("user-agent", options.user_agent), ("accept-encoding", "identity"))

    def check_url(self, url: str) -> None:
        """Raises ValueError where nothing can be sent there."""
        self._client.check_url(url)

    async def __call__(self, request: Outgoing) -> tuple[int | None, bytes, str | None]:
        given = {name.lower() for name in request.headers}
        headers = [
            *(one for one in self._ours if one[0] not in given),
            *(one for one in request.headers.items() if one[0].lower() != "host"),
        ]
        try:
            reply = await self._client.request(
                request.method, request.url, headers, request.body,
                most_bytes=MOST_READ_BYTES, within_s=TIMEOUT_S,
            )  # fmt: skip
        except FAILURES as error:
            return None, b"", words(error, TIMEOUT_S)
        return reply.status, reply.body, None

    async def close(self) -> None:
        await self._client.close()
