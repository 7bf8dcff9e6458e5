"""The stores in memory, and a client of a port."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from milepost.domain.telemetry import Sample
from milepost.engine.devices import Held, HeldPart, Medium, PartKey, Recorded, Terminal, Told
from patience import PATIENCE_S


class Terminals:
    """See `engine.devices.Terminals`."""

    def __init__(self, *known: Terminal) -> None:
        self.known = {(one.protocol, one.identity): one for one in known}
        self.asked = 0

    async def find(self, protocol: str, identity: str) -> Terminal | None:
        self.asked += 1
        return self.known.get((protocol, identity))

    async def save(self, terminal: Terminal) -> None:
        self.known[terminal.protocol, terminal.identity] = terminal


class Telemetry:
    """See `engine.devices.Telemetry`. `gate`: recording waits for it; `failing`: it raises."""

    def __init__(self) -> None:
        self.samples: dict[int, list[Sample]] = {}
        self.groups = 0
        self.failing = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def record(self, tenant: int, samples: Sequence[Sample], received_us: int) -> Recorded:
        await self.gate.wait()
        if self.failing:
            self.failing -= 1
            raise ConnectionError("the store is away")
        self.groups += 1
        known = self.samples.setdefault(tenant, [])
        new = [one for one in dict.fromkeys(samples) if one not in known]
        known += new
        return Recorded(len(new), len(samples) - len(new))


class Facts:
    """See `engine.devices.Facts`."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    async def record(self, tenant: int, told: Sequence[Told], received_us: int) -> None:
        self.told += told


class Media:
    """See `engine.devices.Media`."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Medium]] = []

    async def add(self, tenant: int, asset: str, medium: Medium, received_us: int) -> None:
        self.kept.append((asset, medium))


class Parts:
    """See `engine.devices.Parts`."""

    def __init__(self) -> None:
        self.held: dict[PartKey, dict[int, HeldPart]] = {}
        self.at_us: dict[PartKey, int] = {}

    async def keep(self, parts: Sequence[HeldPart], received_us: int) -> Mapping[PartKey, Held]:
        before = {key: set(some) for key, some in self.held.items()}
        for one in parts:
            self.held.setdefault(one.key, {})[one.part] = one
            self.at_us[one.key] = received_us
        return {
            key: Held(
                {number: part.frame for number, part in self.held[key].items()},
                frozenset(one.part for one in parts if one.part in before.get(key, ())),
            )
            for key in {one.key for one in parts}
        }

    async def drop(self, keys: Sequence[PartKey]) -> None:
        for key in keys:
            self.held.pop(key, None)

    async def older(self, than_us: int) -> Sequence[HeldPart]:
        return [
            one
            for key, some in self.held.items()
            if self.at_us[key] < than_us
            for one in some.values()
        ]


class Client:
    """A socket to the gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def read(self, within_s: float = PATIENCE_S) -> bytes:
        """What comes next; b"" where the connection was ended."""
        return await asyncio.wait_for(self._reader.read(4096), within_s)

    async def silent(self, for_s: float = 0.2) -> bool:
        try:
            await self.read(for_s)
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()
