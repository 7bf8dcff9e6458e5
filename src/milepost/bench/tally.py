"""What a load generator counts: scans that were sent, taken and refused, and how long it took."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec

from milepost.bench.load import Connection


class Receipt(msgspec.Struct):
    """The part of an answer that is counted."""

    accepted: int
    duplicates: int
    rejected: list[Any]


_receipt = msgspec.json.Decoder(Receipt).decode


class Tally:
    """Counts what was sent and what was answered."""

    def __init__(self) -> None:
        self.sent = self.accepted = self.refused = self.bytes = 0
        self.waits_ms: list[float] = []

    async def take(self, connection: Connection, body: bytes) -> None:
        began = time.perf_counter()
        status, answer = await connection.request("POST", "/v1/scans", body)
        if status == 503:  # asked to come back later
            self.refused += 1
            await asyncio.sleep(0.05)
            return
        if status != 202:
            raise RuntimeError(f"{status}: {answer[:300]!r}")
        receipt = _receipt(answer)
        if receipt.duplicates or receipt.rejected:
            raise RuntimeError(f"not all scans were taken: {answer[:300]!r}")
        self.accepted += receipt.accepted
        self.bytes += len(body)
        self.waits_ms.append((time.perf_counter() - began) * 1e3)

    def result(self, taken_s: float) -> dict[str, Any]:
        waits = sorted(self.waits_ms) or [0.0]
        return {
            "accepted": self.accepted,
            "refused": self.refused,
            "bytes": self.bytes,
            "taken_s": taken_s,
            "p50_ms": waits[len(waits) // 2],
            "p99_ms": waits[int(len(waits) * 0.99)],
        }
