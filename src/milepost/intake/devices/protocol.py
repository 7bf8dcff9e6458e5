"""What a device protocol is: it cuts a stream into frames and says what a frame means. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct, field

from milepost.domain.telemetry import RfidRead
from milepost.engine.devices import Medium, Value
from milepost.intake.devices.report import Report

# A session's note: the device that a request names beside its frame.
NAMED = "named"


class FrameError(ValueError):
    """A frame that cannot be read, and why, in words for the one who runs the gateway."""


class Identity(Struct, frozen=True):
    """Who a terminal says it is. `secret`: what it authenticates with, where it does.

    `alternatives` are other spellings of the same name (a phone number without leading zeros).
    """

    name: str
    kind: Literal["login", "register", "report"] = "report"
    secret: str | None = None
    alternatives: tuple[str, ...] = ()


class Session(Struct):
    """What a connection remembers. `received` is stamped by the caller before each frame.

    `strict`: a frame with a broken checksum is refused; otherwise it is read and the fault named.
    """

    received: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    identity: str | None = None
    strict: bool = True
    # Whether messages in parts are put together here; the gateway does so itself, durably.
    joins: bool = True
    notes: dict[str, Any] = field(default_factory=dict)


class Part(Struct, frozen=True):
    """A frame that holds `part` of the `parts` of a long message, counted from 1.

    `kind` and `first` (the serial number of its first part) name the message among a terminal's.
    """

    kind: int
    first: int
    parts: int
    part: int
    frame: bytes


class Outcome(Struct, kw_only=True):
    """What a frame means.

    `replies` are sent once what is reported is durable and the terminal is known; `refusal` is
    sent instead to a terminal that nobody has made known, `guarded` to one that asks for a secret
    though it has been given one, `unreadable` where nothing of the message could be read, so that
    it is not sent for ever. `facts` are about the terminal itself. `fault` says what could
    not be read; what could be read stands beside it. `part`: it is a piece of a longer message.
    """

    kind: str = ""
    identity: Identity | None = None
    reports: list[Report] = field(default_factory=list)
    rfid: list[RfidRead] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
    part: Part | None = None
    replies: list[bytes] = field(default_factory=list)
    refusal: bytes | None = None
    guarded: bytes | None = None
    unreadable: bytes | None = None
    facts: dict[str, Value] = field(default_factory=dict)
    fault: str | None = None

    def wrong(self, reason: str) -> None:
        """One of its items could not be read; the others go on."""
        self.fault = reason if self.fault is None else f"{self.fault}; {reason}"


class Joining(Struct, frozen=True):
    """How a protocol's messages in parts are put together. `frames` are held, by their part.

    `whole(frames, last, session)`: what they mean; `last` is the part that came last, which the
    answer names. A message that lacks its end is read as far as it goes. `again(frames, missing,
    attempt, session)` asks the terminal for parts, `alone(frame, session)` answers a single one,
    `failed(frames, session)` says that the message was not received.
    """

    whole: Callable[[dict[int, bytes], int, Session], Outcome]
    again: Callable[[dict[int, bytes], Sequence[int], int, Session], bytes]
    alone: Callable[[bytes, Session], bytes]
    failed: Callable[[dict[int, bytes], Session], bytes]


# (buffer, from) -> (start, end) of the next frame, None: more bytes are needed.
Cut = Callable[[bytes, int], tuple[int, int] | None]


class Protocol(Struct, frozen=True, kw_only=True):
    """One protocol. `encoding`: how its frames are usually written down, hex or as text.

    `proves`: its terminals can authenticate, so that those with a secret have to.
    """

    name: str
    title: str
    cut: Cut
    decode: Callable[[bytes, Session], Outcome]
    encoding: Literal["hex", "text"] = "hex"
    datagrams: bool = False  # also spoken over UDP
    http: bool = False  # frames are the bodies or queries of HTTP requests
    proves: bool = False
    joining: Joining | None = None
    max_frame_bytes: int = 4096
