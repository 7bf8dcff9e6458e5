"""CloudEvents 1.0 in JSON's structured mode.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from milepost.engine.delivery import Message

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


class CloudEvent(Struct, kw_only=True, omit_defaults=True):
    """What a receiver gets. `id` is the message id, `subject` the tracking number."""

    id: str
    source: str
    specversion: str
    type: str
    subject: str | None = None
    time: str
    datacontenttype: str
    data: msgspec.Raw


def envelope(message: Message, source: str) -> bytes:
    """The body of a message: the same bytes at every attempt."""
    event = CloudEvent(
        id=message.id,
        source=source,
        specversion="1.0",
        type=f"milepost.{message.topic}",
        subject=message.number,
        time=message.created_at.isoformat(),
        datacontenttype="application/json",
        data=msgspec.Raw(message.payload),
    )
    return msgspec.json.encode(event)


class Envelopes:
    """Bodies of messages. One that a thousand subscribers get is written once, as they get it one
    after the other.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._last: tuple[Message | None, bytes] = (None, b"")

    def of(self, message: Message) -> bytes:
        before, body = self._last
        if before != message:
            body = envelope(message, self._source)
            self._last = (message, body)
        return body
