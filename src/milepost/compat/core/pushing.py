"""How a dialect tells its subscribers of a change. Pure: it says what to send; sending is core."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec
from msgspec import Struct

from milepost.domain.track import Track
from milepost.engine.dialects import Watch


class Change(Struct, frozen=True, kw_only=True):
    """What happened, as the outbox has it: an announcement's payload and its topic.

    `topic` is `shipment.event_added`, `alert.opened` …, or `watch.pushed` where a push was asked
    for without any news; then `payload` is empty. `message` is the same at every attempt.
    """

    topic: str
    payload: dict[str, Any] = {}
    message: str = ""
    created_us: int = 0


class Outgoing(Struct, frozen=True, kw_only=True):
    """A request to a receiver."""

    url: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"


class Push(Protocol):
    """A dialect's `push.py` offers `class Push` with these.

    RETRY_S: waits after the 1st, 2nd … failure; as many retries as it has. TOPICS: what it wants to
    be told of. SECRET: field of the credential that signs where neither watch nor hook has a
    secret of its own; None if pushes are unsigned then. A push whose body must stay as it was when
    it came about has `AS_MADE = True`: its track is that of then, at every attempt, and None where
    nothing was known.
    """

    RETRY_S: tuple[int, ...]
    TOPICS: tuple[str, ...]
    SECRET: str | None

    def request(self, watch: Watch, track: Track, change: Change, now_us: int) -> Outgoing | None:
        """What to send, None for nothing. `watch.callback` and `watch.secret` are filled in with
        those of the hook or account that this push is for; `watch.options["hook"]` holds the
        hook's options.
        """
        ...

    def acknowledged(self, status: int, body: bytes) -> bool:
        """Whether the receiver has taken it, judged as the vendor does."""
        ...

    def ends(self, watch: Watch, track: Track) -> bool:
        """Whether the watch stops once this has been taken."""
        ...


def change_of(topic: str, payload: bytes, message: str, created_us: int) -> Change:
    """From the payload of a delivery, as the fan-out to watches writes it."""
    told = msgspec.json.decode(payload)
    inner = told.get("change") or {}
    if told.get("before"):  # several changes that are told at once: what was before them all
        inner["previous"] = told["before"]
    return Change(topic=topic, payload=inner, message=message, created_us=created_us)
