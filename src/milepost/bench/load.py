"""Load: synthetic scans, ready as bytes, and raw HTTP connections that send them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

_HUBS = ["广州中心", "杭州中转部", "深圳转运中心", "上海转运中心", "北京顺义集散中心", "成都中心"]
_CODES = [
    "picked_up", "in_transit.departed_origin", "in_transit.arrived_hub",
    "in_transit.departed_facility", "in_transit.arrived_hub", "in_transit.departed_facility",
    "in_transit.arrived_dest_city", "in_transit.arrived_dest_station", "out_for_delivery",
    "out_for_delivery.contacting", "available_for_pickup", "delivered",
]  # fmt: skip
SCANS_A_ROAD = len(_CODES)
_encode = msgspec.json.Encoder().encode


def batches(
    size: int, *, roads: int = 20_000, seed: int = 1, prefix: str = "YT"
) -> Iterator[bytes]:
    """Endless batches of `size` scans as they come from a network: many parcels, each with its
    own next scan. `roads` parcels are on the road at once.
    """
    chance = random.Random(seed)  # noqa: S311 - made-up scans, no secrets
    # A second a batch: 40,000 batches, 20 million scans, fit into the past.
    at = datetime.now(UTC) - timedelta(hours=12)
    stages = [chance.randrange(SCANS_A_ROAD) for _ in range(roads)]
    serials = [seed * 10**10 + index for index in range(roads)]
    fresh = serials[-1] + 1
    while True:
        batch = []
        at += timedelta(seconds=1)
        for road in chance.sample(range(roads), min(size, roads)):
            batch.append(_scan(chance, f"{prefix}{serials[road]:013d}", stages[road], at))
            stages[road] += 1
            if stages[road] == SCANS_A_ROAD:
                stages[road], serials[road] = 0, fresh
                fresh += 1
        yield _encode(batch)


def _scan(chance: random.Random, number: str, stage: int, at: datetime) -> dict[str, object]:
    hub = _HUBS[(stage + len(number)) % len(_HUBS)]
    return {
        "number": number,
        "carrier": "yto",
        "code": _CODES[stage],
        "text": f"【{hub}】 快件已到达，正发往下一站",
        "occurred_at": at.isoformat(timespec="milliseconds"),
        "place": hub,
        "device": f"PDA-{chance.randrange(5000):04d}",
    }


class Connection:
    """One keep-alive HTTP/1.1 connection with as little work as can be."""

    def __init__(self, host: str, port: int, key: str | None = None) -> None:
        self._host, self._port = host, port
        self._auth = f"Authorization: Bearer {key}\r\n" if key else ""

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    def close(self) -> None:
        self._writer.close()

    async def request(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send one request; its status and body."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: bench\r\n{self._auth}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        length = 0
        for line in answer.split(b"\r\n"):
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        return status, await self._reader.readexactly(length) if length else b""
