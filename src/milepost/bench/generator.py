"""A load generator process, as the benchmarks order it about."""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType
from typing import Any, Self

import msgspec

from milepost.bench.server import Server


class Generator:
    """Starts `milepost.bench.worker` for one server; orders are answered one after the other."""

    def __init__(
        self, server: Server, *, size: int = 500, roads: int = 20_000, seed: int = 1
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "milepost.bench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        # The key goes through the pipe: a command line could be read by others.
        self._write(
            {
                "host": "127.0.0.1", "port": server.port, "key": server.key,
                "size": size, "roads": roads, "seed": seed,
            }
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def do(self, name: str, **order: Any) -> dict[str, Any]:
        """Give an order and wait for the answer; RuntimeError where it failed."""
        self._write({"do": name, **order})
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load generator has ended")
        answer: dict[str, Any] = msgspec.json.decode(line)
        if "error" in answer:
            raise RuntimeError(f"{name}: {answer['error']}")
        return answer

    def _write(self, line: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(line) + b"\n")
        self._process.stdin.flush()


def number_of(index: int, seed: int = 1, prefix: str = "YT") -> str:
    """The tracking number of a road that a generator has sent, counted from 0."""
    return f"{prefix}{seed * 10**10 + index:013d}"
