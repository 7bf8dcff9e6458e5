"""One of the servers that are compared in interleaved rounds, with its load generator."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from milepost.bench.generator import Generator
from milepost.bench.server import Server

BATCH = 500
# Batches that are made before a round; a faster server has more made while it runs.
_AHEAD_A_SECOND = 90


class Round(NamedTuple):
    """One round: events a second, CPU µs an event of server and PostgreSQL, answer times."""

    rate: float
    cpu_us: float
    postgres_us: float
    events: int
    bytes: int
    p50_ms: float
    p99_ms: float

    @property
    def total_us(self) -> float:
        return self.cpu_us + self.postgres_us


class Arm:
    """A server that is frozen whenever it is not its turn."""

    def __init__(self, folder: Path, *options: str, connections: int = 8) -> None:
        self.server = Server(folder, *options)
        self.accepted = 0
        self._connections = connections

    def __enter__(self) -> Self:
        self.server.start()
        self._written_before = self.server.written_bytes()
        self._generator = Generator(self.server, size=BATCH)
        self.server.freeze()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._generator.__exit__(kind, error, trace)
        self.server.close()

    def round(self, seconds: float) -> Round:
        """Thaw, load for some seconds, freeze."""
        self._generator.do("prepare", batches=int(seconds * _AHEAD_A_SECOND))
        self.server.thaw()
        before = self.server.cpu_s()
        got = self._generator.do("flood", seconds=seconds, connections=self._connections)
        after = self.server.cpu_s()
        self.server.freeze()
        events = got["accepted"]
        self.accepted += events
        own, database = (1e6 * (b - a) / events for a, b in zip(before, after, strict=True))
        return Round(
            got["accepted"] / got["taken_s"], own, database, events, got["bytes"],
            got["p50_ms"], got["p99_ms"],
        )  # fmt: skip

    def written_bytes(self) -> int:
        """What its PostgreSQL has written for what it accepted. Ends the server."""
        self.server.thaw()
        self.server.stop()
        return self.server.written_bytes() - self._written_before
