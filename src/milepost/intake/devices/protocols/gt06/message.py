"""What stands around the body of a GT06 message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import NamedTuple

from milepost.intake.devices.protocol import Outcome
from milepost.intake.devices.wire.cursor import Cursor


class Message(NamedTuple):
    """What stands around a message's body. `length` is that of the frame's length field."""

    number: int
    long: bool
    length: int
    serial: int
    zone: tzinfo
    received: datetime


Reader = Callable[[Message, Cursor, Outcome], None]
