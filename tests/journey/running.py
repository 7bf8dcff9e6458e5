"""The real application over a real PostgreSQL, and callers of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import asyncpg
from httpx2 import Response
from starlette.testclient import TestClient

from milepost.settings import Settings
from milepost.stores.postgres.raws import OpenRaw, PostgresRaws
from milepost.stores.sealer import MASTER_KEY, open_sealer
from milepost.web.auth import hash_of, new_key
from milepost.wiring import build_app

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """What the application takes for now; tests move it."""

    def __init__(self) -> None:
        self.now = NOW

    def us(self) -> int:
        return int(self.now.timestamp() * 1_000_000)


class Caller:
    """One tenant's key on the API."""

    def __init__(self, client: TestClient, key: str, tenant: int) -> None:
        self.client = client
        self.key = key
        self.tenant = tenant
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **given: Any) -> Response:
        return self.client.get(path, headers=self.headers, **given)

    def post(self, path: str, body: Any = None, kind: str = "application/json") -> Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            path, content=content, headers=self.headers | {"Content-Type": kind}
        )

    def scan(self, *scans: dict[str, Any]) -> dict[str, Any]:
        """Scans in; the receipt."""
        answer = self.post("/v1/scans", list(scans))
        assert answer.status_code == 202, answer.text
        return answer.json()

    def register(self, body: Any) -> Any:
        answer = self.post("/v1/shipments", body)
        assert answer.status_code == 201, answer.text
        return answer.json()["shipments"]

    def track(self, number: str) -> dict[str, Any]:
        answer = self.get(f"/v1/track/{number}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def status(self, number: str) -> str:
        return self.track(number)["status"]["sub"]

    def listed(self, **query: Any) -> list[str]:
        answer = self.get("/v1/shipments", params=query)
        assert answer.status_code == 200, answer.text
        return [one["number"] for one in answer.json()["shipments"]]


class Running:
    """The application, started."""

    def __init__(self, client: TestClient, url: str, clock: Clock) -> None:
        self.client = client
        self.url = url
        self.clock = clock
        self.milepost = client.app.state.milepost  # type: ignore[attr-defined]
        self._names = count(1)

    def caller(
        self, tenant: str | None = None, scopes: Sequence[str] = ("read", "write")
    ) -> Caller:
        """A new key; of a new tenant unless one is named."""
        name = tenant or f"tenant {next(self._names)} {id(self)}"
        key = new_key()
        accounts = self.milepost.store.accounts
        owner = self.call(accounts.tenant, name)
        self.call(accounts.add_key, owner, hash_of(key), "test", tuple(scopes))
        return Caller(self.client, key, owner)

    def call(self, function: Any, *values: Any) -> Any:
        """Call something asynchronous in the application's own loop."""
        assert self.client.portal is not None
        return self.client.portal.call(function, *values)

    def written(self) -> None:
        """Bring the read model up to date."""
        self.call(self.milepost.engine.read_model.cycle)

    def raws(self, tenant: int) -> list[OpenRaw]:
        """The raw payloads of a tenant, opened."""
        store, settings = self.milepost.store, self.milepost.settings
        reader = PostgresRaws(lambda: open_sealer(settings.data / MASTER_KEY))
        ids = [row[0] for row in self.sql("SELECT id FROM raw WHERE tenant = $1", tenant)]

        async def read() -> list[OpenRaw]:
            async with store.pool.connection() as connection:
                return await reader.read(connection, tenant, ids)

        return list(self.call(read))

    def sql(self, query: str, *values: Any) -> list[Any]:
        async def ask() -> list[Any]:
            connection = await asyncpg.connect(self.url)
            try:
                return list(await connection.fetch(query, *values))
            finally:
                await connection.close()

        return asyncio.run(ask())


@contextmanager
def running(url: str, clock: Clock | None = None, **settings: Any) -> Iterator[Running]:
    """Start the application over a database and stop it in good order."""
    clock = clock or Clock()
    app = build_app(Settings(database=url, **settings), clock.us)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Running(client, url, clock)


def at(hours: float = 0, *, days: float = 0) -> str:
    """A time before `NOW`, as text."""
    return (NOW - timedelta(hours=hours, days=days)).isoformat()


def scan(
    number: str, hours: float = 1, code: str | None = "in_transit.arrived_hub", **more: Any
) -> Any:
    """A scan of some hours ago."""
    found = {"number": number, "occurred_at": at(hours), "carrier": "sf", "code": code, **more}
    return {name: value for name, value in found.items() if value is not None}
