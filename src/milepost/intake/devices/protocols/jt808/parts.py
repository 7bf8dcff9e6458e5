"""Sub-packages: a long message that comes in several frames.

Source: JT/T 808-2013 and -2019, "sub-package messages": the parts have consecutive serial numbers;
one general answer for all of them says whether all came; missing ones are asked for (0x8003) and
sent again exactly as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack

from milepost.intake.devices.protocol import FrameError, Part, Session
from milepost.intake.devices.protocols.jt808.framing import unescape
from milepost.intake.devices.protocols.jt808.header import (
    FAILED,
    Header,
    answer,
    general,
    read_header,
)
from milepost.intake.devices.wire.cursor import Cursor

AGAIN, MEDIA, MEDIA_ANSWER = 0x8003, 0x0801, 0x8800
ANSWERED = "answered"  # note of a session: messages sent to the terminal, by which they count
MOST_PARTS = 1_000
# As many as 0x8800 may name; 0x8003 has room for more, but not before 2019.
_MOST_ASKED = 125


def part_of(header: Header, frame: bytes) -> Part:
    """Which part a frame is. Raises FrameError where it can be none."""
    if header.parts > MOST_PARTS or not 1 <= header.part <= header.parts:
        raise FrameError(f"part {header.part} of {header.parts}: {MOST_PARTS} at most")
    first = header.serial - header.part + 1 & 0xFFFF
    return Part(header.message, first, header.parts, header.part, frame)


def opened(frame: bytes, session: Session) -> tuple[Header, bytes]:
    """The header of a frame that is held, and its piece of the body."""
    mark, content, _ = unescape(frame)
    cursor = Cursor(content)
    header = read_header(mark, cursor)
    size = min(header.body_bytes or 0, cursor.left)
    return header._replace(answering=session.notes.get(ANSWERED, 0)), cursor.take(size)


def count(session: Session, header: Header, messages: int) -> None:
    """Remember that messages were sent to the terminal."""
    session.notes[ANSWERED] = header.answering + messages & 0xFFFF


def body_of(frames: dict[int, bytes], session: Session) -> bytes:
    """The body up to the first part that is missing."""
    body = b""
    for number in range(1, len(frames) + 1):
        if number not in frames:
            break
        body += opened(frames[number], session)[1]
    return body


def again(
    frames: dict[int, bytes], missing: Sequence[int], attempt: int, session: Session
) -> bytes:
    """A request for parts: 0x8003; for media in turn with 0x8800, for 2011 knows no other."""
    header, _ = opened(next(iter(frames.values())), session)
    asked = list(missing[:_MOST_ASKED])
    count(session, header, 1)
    listed = pack(f">{len(asked)}H", *asked)
    if header.message == MEDIA and attempt % 2 == 0 and 1 in frames:
        number = opened(frames[1], session)[1][:4]
        return answer(header, MEDIA_ANSWER, number + bytes((len(asked),)) + listed)
    first = pack(">H", header.serial - header.part + 1 & 0xFFFF)
    # The number of parts takes one byte, and two from 2019 on.
    size = pack(">B" if header.version is None else ">H", len(asked))
    return answer(header, AGAIN, first + size + listed)


def alone(frame: bytes, session: Session) -> bytes:
    """An answer for one part, to a terminal that waits for one."""
    header, _ = opened(frame, session)
    count(session, header, 1)
    return general(header)


def failed(frames: dict[int, bytes], session: Session) -> bytes:
    """The answer that not all parts came."""
    header, _ = opened(frames[max(frames)], session)
    count(session, header, 1)
    return general(header, FAILED)
