"""Reading a frame's bytes from front to back."""

from __future__ import annotations

from milepost.intake.devices.protocol import FrameError


class Cursor:
    """A place in some bytes. Every read raises FrameError where the frame ends before it."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data, self.at = data, at
        self.end = len(data) if end is None else end

    @property
    def left(self) -> int:
        return self.end - self.at

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > self.end:
            raise FrameError(
                f"truncated: {count} bytes expected at {self.at}, {self.left} are there"
            )
        self.at += count
        return self.data[self.at - count : self.at]

    def skip(self, count: int) -> None:
        self.take(count)

    def rest(self) -> bytes:
        return self.take(self.left)

    def peek(self, count: int = 1) -> bytes:
        return self.data[self.at : min(self.at + count, self.end)]

    def sub(self, count: int) -> Cursor:
        """A cursor of its own over the next bytes, which this one passes."""
        self.skip(count)
        return Cursor(self.data, self.at - count, self.at)

    def uint(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def int_(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big", signed=True)

    def uint_le(self, count: int) -> int:
        return int.from_bytes(self.take(count), "little")

    def int_le(self, count: int) -> int:
        return int.from_bytes(self.take(count), "little", signed=True)

    def u8(self) -> int:
        return self.take(1)[0]

    def u16(self) -> int:
        return self.uint(2)

    def u32(self) -> int:
        return self.uint(4)

    def i16(self) -> int:
        return self.int_(2)

    def text(self, count: int, encoding: str = "ascii") -> str:
        return self.take(count).decode(encoding, "replace").strip("\0 ")

    def hex(self, count: int) -> str:
        return self.take(count).hex()

    def bcd(self, count: int) -> int:
        """A number of two decimal digits a byte; raises FrameError where a digit is none."""
        digits = self.hex(count)
        if not digits.isdecimal():
            raise FrameError(f"not a decimal number: {digits}")
        return int(digits)
