"""What the poller works with; the roof fills it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from milepost.engine.polling import Fetch, FindStanding, PollStore, Source, Take

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Tools(Struct, kw_only=True):
    """`now_us` is the engine's clock: what is due. `wall`: seconds of the world's, for the rate,
    the waits and the rest that a source is owed, whatever clock the engine runs by.
    `code_of`: a source's word for our carrier. `sources`: all that can be asked, by slug.
    """

    store: PollStore
    sources: Mapping[str, Source]
    fetch: Fetch
    take: Take
    standing: FindStanding
    code_of: Callable[[str, str], str | None]
    now_us: Callable[[], int]
    wall: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random

    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self.now_us())
