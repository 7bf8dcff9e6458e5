"""Synthetic JT/T 808 terminals as a load: a process of its own, told what to do on its input."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from struct import pack
from time import perf_counter
from typing import Any

import msgspec

from milepost.bench.output import quantile
from milepost.intake.devices.protocols.jt808.framing import cut, escape, unescape
from milepost.intake.devices.wire.clocks import CHINA
from milepost.intake.devices.wire.framing import frames

_AUTHENTICATE, _POSITION, _GENERAL = 0x0102, 0x0200, 0x8001
_AT_ONCE = 200


def phone(index: int) -> str:
    """The invented number of a synthetic terminal."""
    return f"{19_900_000_000 + index:012d}"


def message(kind: int, name: str, serial: int, body: bytes) -> bytes:
    """A message of a terminal by the standard of 2013."""
    return escape(pack(">HH", kind, len(body)) + bytes.fromhex(name) + pack(">H", serial) + body)


def position(index: int, now: datetime) -> bytes:
    """A position report with mileage, signal and satellites, at the terminal's own place."""
    lat, lon = 30_000_000 + index * 97, 120_000_000 + index * 89
    at = bytes.fromhex(now.astimezone(CHINA).strftime("%y%m%d%H%M%S"))
    items = b"\x01\x04" + pack(">I", 1_000_000 + index) + b"\x30\x01\x1f\x31\x01\x0c"
    return pack(">IIIIHHH", 0, 3, lat, lon, 20, 655, index % 360) + at + items


class Terminal(asyncio.Protocol):
    """One terminal; hands the time that each answer took to `took`."""

    transport: asyncio.Transport

    def __init__(self, index: int, took: Callable[[float], None]) -> None:
        self.index, self.name, self._took = index, phone(index), took
        self._sent: dict[int, float] = {}
        self._serial = 0
        self._buffer = b""
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.say(_AUTHENTICATE, self.name.encode())

    def say(self, kind: int, body: bytes) -> None:
        """Send a message and wait for its answer."""
        self._serial = (self._serial + 1) & 0xFFFF
        self._sent[self._serial] = perf_counter()
        self.transport.write(message(kind, self.name, self._serial, body))

    def report(self) -> None:
        self.say(_POSITION, position(self.index, datetime.now(CHINA)))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        found, taken = frames(cut, self._buffer)
        self._buffer = self._buffer[taken:]
        for frame in found:
            _, content, _ = unescape(frame)
            if int.from_bytes(content[:2], "big") == _GENERAL and content[-1] == 0:
                self._answered(int.from_bytes(content[12:14], "big"))

    def _answered(self, serial: int) -> None:
        sent = self._sent.pop(serial, None)
        if not self.ready.done():
            self.ready.set_result(None)
        elif sent is not None:
            self._took((perf_counter() - sent) * 1000)

    @property
    def unanswered(self) -> int:
        return len(self._sent)


class Fleet:
    """All terminals of a run; each reports once every `every_s`, spread evenly."""

    def __init__(self) -> None:
        self.times_ms: list[float] = []
        self.terminals: list[Terminal] = []

    async def connect(self, port: int, count: int) -> float:
        """Connect and authenticate all; seconds that it took."""
        loop, began, took = asyncio.get_running_loop(), perf_counter(), self.times_ms.append
        for first in range(0, count, _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, count))
            opened = await asyncio.gather(
                *(
                    loop.create_connection(partial(Terminal, index, took), "127.0.0.1", port)
                    for index in some
                )
            )
            fresh = [terminal for _, terminal in opened]
            await asyncio.wait_for(asyncio.gather(*(one.ready for one in fresh)), 60)
            self.terminals += fresh
        return perf_counter() - began

    async def run(self, seconds: float, every_s: float) -> dict[str, Any]:
        """Report for some seconds; how many answers came and how long they took."""
        self.times_ms.clear()
        pause, began, sent = every_s / len(self.terminals), perf_counter(), 0
        while (now := perf_counter()) < began + seconds:
            while began + sent * pause <= now:
                self.terminals[sent % len(self.terminals)].report()
                sent += 1
            await asyncio.sleep(0.005)
        await asyncio.sleep(1.0)
        return {
            "sent": sent,
            "acks": len(self.times_ms),
            "open": sum(not one.transport.is_closing() for one in self.terminals),
            "p50_ms": quantile(self.times_ms, 0.5) if self.times_ms else None,
            "p99_ms": quantile(self.times_ms, 0.99) if self.times_ms else None,
        }


async def _serve() -> None:
    """Orders as JSON lines on standard input, answers on standard output."""
    fleet = Fleet()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
        order = msgspec.json.decode(line)
        if order["do"] == "connect":
            answer: dict[str, Any] = {"taken_s": await fleet.connect(order["port"], order["count"])}
        else:
            answer = await fleet.run(order["seconds"], order["every_s"])
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(_serve())
