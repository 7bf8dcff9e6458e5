"""Sub-packages: a long message that came in several frames."""

from __future__ import annotations

from milepost.intake.devices.protocol import FrameError, Session
from milepost.intake.devices.protocols.jt808.header import Header

_MAX_PARTS, _MAX_OPEN = 64, 4


def collect(header: Header, body: bytes, session: Session) -> bytes | None:
    """The whole body once all its parts are there, in whatever order; None before."""
    if header.parts <= 1:
        return body
    if header.parts > _MAX_PARTS or not 1 <= header.part <= header.parts:
        raise FrameError(f"part {header.part} of {header.parts}: {_MAX_PARTS} at most")
    waiting: dict[tuple[int, int, int], dict[int, bytes]] = session.notes.setdefault("parts", {})
    key = header.message, header.parts, (header.serial - header.part) & 0xFFFF
    parts = waiting.setdefault(key, {})
    parts[header.part] = body
    if len(parts) == header.parts:
        del waiting[key]
        return b"".join(parts[number] for number in sorted(parts))
    while len(waiting) > _MAX_OPEN:  # a terminal that never finishes must not fill the memory
        del waiting[next(iter(waiting))]
    return None
