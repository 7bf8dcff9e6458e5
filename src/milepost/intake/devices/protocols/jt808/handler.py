"""What reads the body of one kind of JT/T 808 message."""

from __future__ import annotations

from collections.abc import Callable

from milepost.intake.devices.protocol import Outcome, Session
from milepost.intake.devices.protocols.jt808.header import Header
from milepost.intake.devices.wire.cursor import Cursor

# Reads a body into the outcome; raises FrameError where it cannot.
Handler = Callable[[Header, Cursor, Outcome, Session], None]
