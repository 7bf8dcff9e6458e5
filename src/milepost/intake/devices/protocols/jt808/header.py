"""The header of a JT/T 808 message, and answers to it."""

from __future__ import annotations

from struct import pack
from typing import NamedTuple

from milepost.intake.devices.protocol import Identity
from milepost.intake.devices.protocols.jt808.framing import ALTERNATIVE, escape
from milepost.intake.devices.wire.checksums import luhn
from milepost.intake.devices.wire.cursor import Cursor

PADLOCK_REPORT, PADLOCK_BLIND = 0x5501, 0x5502
GENERAL, PADLOCK_GENERAL, REGISTERED = 0x8001, 0x4401, 0x8100
# Results of 0x8001, and of 0x8100.
DONE, FAILED, WRONG = 0, 1, 2
ALREADY_REGISTERED, NO_SUCH_TERMINAL = 3, 4
_DIGITS = 12, 20


class Header(NamedTuple):
    """`part` of `parts`: sub-packages of one long message; `version` from 2019 on.

    `answering`: the serial number that the next message to the terminal has.
    """

    mark: int
    message: int
    properties: int
    version: int | None
    raw_phone: bytes
    serial: int
    parts: int = 1
    part: int = 1
    answering: int = 0

    @property
    def padlock(self) -> bool:
        return self.message in {PADLOCK_REPORT, PADLOCK_BLIND}

    @property
    def body_bytes(self) -> int | None:
        """What the header says of the body's length; padlocks use these bits otherwise."""
        return None if self.padlock else self.properties & 0x3FF

    @property
    def encrypted(self) -> bool:
        return not self.padlock and bool(self.properties >> 10 & 7)

    @property
    def identity(self) -> Identity:
        digits = self.raw_phone.hex()
        if not digits.isdecimal():
            # Some makers put an IMEI without its check digit into the six bytes as a number.
            imei = str(int.from_bytes(self.raw_phone, "big"))
            return Identity(f"{imei}{luhn(imei)}")
        short = digits.lstrip("0") or digits
        # The number is made known as its maker prints it: bare, in 12 digits, or in 2019's 20.
        others = dict.fromkeys((digits, *(short.zfill(width) for width in _DIGITS)))
        return Identity(short, alternatives=tuple(one for one in others if one != short))


def read_header(mark: int, cursor: Cursor) -> Header:
    """Read the header of a frame's content; raises FrameError where it is truncated."""
    message, properties = cursor.u16(), cursor.u16()
    padlock = message in {PADLOCK_REPORT, PADLOCK_BLIND}
    version = cursor.u8() if properties & 0x4000 and not padlock else None
    phone = cursor.take(10 if version is not None else 7 if mark == ALTERNATIVE else 6)
    serial = cursor.u8() if padlock else cursor.u16()
    header = Header(mark, message, properties, version, phone, serial)
    if not padlock and properties & 0x2000 and cursor.left >= 4:
        parts, part = cursor.u16(), cursor.u16()
        return header._replace(parts=parts, part=part)
    return header


def answer(header: Header, message: int, body: bytes) -> bytes:
    """A message to the terminal of this header, in its own version of the standard."""
    properties = len(body) | (0x4000 if header.version is not None else 0)
    content = pack(">HH", message, properties)
    if header.version is not None:
        content += bytes((header.version,))
    content += header.raw_phone
    content += b"\x01" if message == PADLOCK_GENERAL else pack(">H", header.answering)
    return escape(content + body, header.mark)


def general(header: Header, result: int = DONE) -> bytes:
    """The platform's general answer to a message."""
    if header.padlock:
        return answer(header, PADLOCK_GENERAL, pack(">HB", header.message, result))
    return answer(header, GENERAL, pack(">HHB", header.serial, header.message, result))


def registered(header: Header, result: int, code: str = "") -> bytes:
    """The answer to a registration; the code is what the terminal shall authenticate with."""
    return answer(header, REGISTERED, pack(">HB", header.serial, result) + code.encode("gbk"))
