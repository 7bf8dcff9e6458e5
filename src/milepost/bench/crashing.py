"""A sender that outlives the server: what was not acknowledged is sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from milepost.bench.load import Connection

BATCH = 50
ROADS = 500
_CODES = ("picked_up", "in_transit.arrived_hub", "in_transit.departed_facility", "out_for_delivery")
_encode = msgspec.json.Encoder().encode


class Sender:
    """One sender of its own parcels: `ROADS` at a time, which come round again and again.

    Every tenth batch is sent again though it was acknowledged, for a sender cannot know.
    """

    def __init__(self, port: int, key: str, index: int) -> None:
        self._port, self._key, self._index = port, key, index
        self._began = datetime.now(UTC) - timedelta(hours=12)
        self._connection: Connection | None = None
        self._batches = 0
        self.ending = False
        self.acknowledged = 0
        self.sent_again = 0
        self.known_already = 0
        self._received = asyncio.Event()

    async def next_receipt(self) -> None:
        """Wait until the server has acknowledged two more batches, one of them sent after this."""
        for _ in range(2):
            self._received.clear()
            await self._received.wait()

    async def run(self) -> None:
        """Send until `ending`, and until everything sent is acknowledged."""
        while not self.ending:
            body = self._body(self._batches)
            receipt = await self._until_acknowledged(body)
            self.acknowledged += receipt["accepted"] + receipt["duplicates"]
            self.known_already += receipt["duplicates"]
            self._batches += 1
            if self._batches % 10 == 0:
                again = await self._until_acknowledged(body)
                self.acknowledged -= again["accepted"]  # none may be new
        self._close()

    async def _until_acknowledged(self, body: bytes) -> dict[str, Any]:
        while True:
            try:
                if self._connection is None:
                    self._connection = Connection("127.0.0.1", self._port, self._key)
                    await self._connection.open()
                status, answer = await self._connection.request("POST", "/v1/scans", body)
            except (OSError, EOFError, AttributeError):
                self._close()
                self.sent_again += BATCH
                await asyncio.sleep(0.02)
                continue
            if status == 202:
                receipt: dict[str, Any] = msgspec.json.decode(answer)
                assert not receipt["rejected"], receipt
                self._received.set()
                return receipt
            self.sent_again += BATCH
            await asyncio.sleep(0.02)

    def _close(self) -> None:
        if self._connection is not None and hasattr(self._connection, "_writer"):
            self._connection.close()
        self._connection = None

    def _body(self, batch: int) -> bytes:
        return _encode([self._scan(batch * BATCH + item) for item in range(BATCH)])

    def _scan(self, serial: int) -> dict[str, object]:
        turn = serial // ROADS
        return {
            "number": self._number(serial),
            "carrier": "yto",
            "code": _CODES[turn % len(_CODES)],
            "occurred_at": (self._began + timedelta(seconds=turn)).isoformat(),
            "device": f"PDA-{turn:05d}",
        }

    def _number(self, serial: int) -> str:
        # After eight scans a parcel has arrived, and the next takes its place.
        return f"YT{self._index}{serial // ROADS // 8:05d}{serial % ROADS:05d}"

    def counts(self) -> Iterator[tuple[str, int]]:
        """Every number with how many of its events have been acknowledged."""
        counts: dict[str, int] = {}
        for serial in range(self._batches * BATCH):
            number = self._number(serial)
            counts[number] = counts.get(number, 0) + 1
        return iter(counts.items())
