"""Calls to sources upstream, on guarded connections as webhooks use them."""

from __future__ import annotations

import zlib

from milepost.channels.client import FAILURES, Client, words
from milepost.channels.discovery import Options
from milepost.channels.wire import Reply as Answer
from milepost.engine.polling import Reply, Request, Unanswered

TIMEOUT_S = 30.0
MOST_BYTES = 16 * 1024 * 1024


class Fetcher:
    """See `engine.polling.Fetch`: a whole answer, or Unanswered with the reason."""

    def __init__(self, options: Options, timeout_s: float = TIMEOUT_S) -> None:
        self._ours = (("user-agent", options.user_agent), ("accept-encoding", "gzip"))
        self._timeout_s = timeout_s
        self._client = Client(allow_private=options.allow_private_targets)

    def check_url(self, url: str) -> None:
        """Raises ValueError where nothing can be asked for."""
        self._client.check_url(url)

    async def __call__(self, lane: int, request: Request) -> Reply:
        try:
            answer = await self._client.request(
                request.method, request.url, (*self._ours, *request.headers.items()),
                request.body, most_bytes=MOST_BYTES, within_s=self._timeout_s,
            )  # fmt: skip
            return Reply(status=answer.status, headers=answer.headers, body=_plain(answer))
        except (*FAILURES, zlib.error) as error:
            raise Unanswered(words(error, self._timeout_s)) from None

    async def close(self) -> None:
        await self._client.close()


def _plain(answer: Answer) -> bytes:
    too_much = Unanswered(f"The answer has more than {MOST_BYTES} bytes.")
    if answer.cut:
        raise too_much
    if answer.headers.get("content-encoding", "").lower() != "gzip" or not answer.body:
        return answer.body
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    plain = inflate.decompress(answer.body, MOST_BYTES)
    if inflate.unconsumed_tail:
        raise too_much
    return plain
