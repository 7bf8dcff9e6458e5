"""What channels that speak HTTP share: one guarded request, judged by its status."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from milepost.channels.client import FAILURES, Client, words
from milepost.channels.discovery import Options
from milepost.channels.wire import Reply
from milepost.engine.delivery import Answer

TIMEOUT_S = 15.0
# So much of an answer is read, that its connection can be used again; nothing waits for the rest.
MOST_READ_BYTES = 16_384
_KEPT_CHARACTERS = 500


class Outward:
    """Requests to addresses that may be called."""

    def __init__(self, options: Options, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.client = Client(allow_private=options.allow_private_targets)

    def check_url(self, url: str) -> None:
        """Raises ValueError where nothing can be sent there."""
        self.client.check_url(url)

    async def send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """One try. An answer outside of 200 to 299 is an error; `gone` is for the caller to say."""
        start = time.perf_counter()
        try:
            reply = await self.client.request(
                method, url, headers.items(), body, most_bytes=MOST_READ_BYTES, within_s=TIMEOUT_S
            )
        except FAILURES as error:
            return Answer(error=words(error, TIMEOUT_S), duration_ms=_since_ms(start))
        return Answer(
            code=reply.status,
            error=_error_of(reply.status),
            response=reply.body.decode("utf-8", "replace").replace("\x00", "")[:_KEPT_CHARACTERS],
            duration_ms=_since_ms(start),
            retry_after_s=self._pause_s(reply),
        )

    async def close(self) -> None:
        await self.client.close()

    def _pause_s(self, reply: Reply) -> int | None:
        """`Retry-After`: seconds or a date."""
        text = reply.headers.get("retry-after", "").strip()
        if reply.status not in {429, 503} or not text:
            return None
        if text.isascii() and text.isdigit():
            return int(text[:9])
        try:
            return max(0, round(parsedate_to_datetime(text).timestamp() - self._clock()))
        except (ValueError, OverflowError):
            return None


def _since_ms(start: float) -> int:
    return round((time.perf_counter() - start) * 1000)


def _error_of(code: int) -> str | None:
    if 200 <= code < 300:
        return None
    if 300 <= code < 400:
        return f"The receiver answered {code}: redirects are not followed."
    return f"The receiver answered {code}."
