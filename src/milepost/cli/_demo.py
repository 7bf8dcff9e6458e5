"""The demo's server and the player that feeds it over HTTP, as real sources would."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click
import httpx2
import msgspec
import structlog
import uvicorn
from rich.console import Console
from rich.progress import Progress

from milepost.cli.keys import create_key
from milepost.cli.users import create_user
from milepost.demo import stories
from milepost.demo.network import network
from milepost.demo.shape import Registration, Step
from milepost.demo.tables import tariffs
from milepost.domain.scan import Scan
from milepost.settings import Settings
from milepost.wiring import build_app

console = Console(highlight=False)
BATCH = 200
ABREAST = 16


class Clock:
    """Demo time: begins at the real time and runs `speed` times as fast."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self.start_us = time.time_ns() // 1_000

    def now_us(self) -> int:
        real_us = time.time_ns() // 1_000 - self.start_us
        return self.start_us + int(real_us * self._speed)

    async def wait_until(self, at: datetime) -> None:
        left_us = at.timestamp() * 1e6 - self.now_us()
        if left_us > 0:
            await asyncio.sleep(left_us / 1e6 / self._speed)


class Demo:
    """Starts the server, loads the past, prints where to look, and plays on."""

    def __init__(self, settings: Settings, shipments: int, speed: float, seed: int) -> None:
        self._settings = settings
        self._clock = Clock(speed)
        start = datetime.fromtimestamp(self._clock.start_us / 1e6, UTC)
        self._start = start
        self._steps = network(seed=seed, start=start, shipments=shipments)
        self._ids: dict[Scan, str] = {}

    async def run(self, seconds: float | None) -> None:
        """Until `seconds` have passed, the network has ended, or an interrupt."""
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        with console.status("starting an embedded PostgreSQL"):
            key = await create_key(self._settings, "demo", "demo", synthetic=True)
            self._door = await create_user(self._settings, "demo", "demo@example.test", "admin")
        server = uvicorn.Server(self._config())
        serving = asyncio.create_task(server.serve())
        while not server.started:
            if serving.done():
                raise click.ClickException("The server did not start; is the port taken?")
            await asyncio.sleep(0.05)
        playing = asyncio.create_task(self._play(key))
        try:
            await asyncio.wait(
                {serving, playing} if seconds is None else {serving}, timeout=seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )  # fmt: skip
            if playing.done():
                playing.result()
                if seconds is None:
                    await serving  # the network has ended, but its pages stay
        finally:
            playing.cancel()
            server.should_exit = True
            await serving
            await asyncio.gather(playing, return_exceptions=True)

    def _config(self) -> uvicorn.Config:
        app = build_app(self._settings, self._clock.now_us)
        return uvicorn.Config(
            app, host=self._settings.host, port=self._settings.port, log_level="warning",
            access_log=False, timeout_graceful_shutdown=2,
        )  # fmt: skip

    @property
    def url(self) -> str:
        return f"http://{self._settings.host}:{self._settings.port}"

    async def _play(self, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx2.AsyncClient(base_url=self.url, headers=headers, timeout=60) as client:
            await _send_tariffs(client)
            past = [step for step in self._steps if step.at <= self._start]
            await self._load(client, past)
            self._tell(key)
            for step in self._steps[len(past) :]:
                await self._clock.wait_until(step.at)
                await self._send(client, step)

    async def _load(self, client: httpx2.AsyncClient, past: Sequence[Step]) -> None:
        """The order does not matter to Milepost, so the past is sent in big strides; only what
        is taken back has to be there before.
        """
        last = [step for step in past if step.takes_back is not None]
        first = [step for step in past if step.takes_back is None]
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("loading a synthetic network", total=len(past))
            scans = [scan for step in first for scan in step.scans]
            for start in range(0, len(scans), BATCH):
                await _post(client, "/v1/scans", scans[start : start + BATCH])
            progress.advance(task, sum(1 for step in first if step.scans))
            turn = asyncio.Semaphore(ABREAST)

            async def send(step: Step) -> None:
                async with turn:
                    await self._send(client, step)
                progress.advance(task)

            await asyncio.gather(*(send(step) for step in first if not step.scans))
            for step in last:
                await send(step)

    async def _send(self, client: httpx2.AsyncClient, step: Step) -> None:
        if step.registration is not None:
            await _post(client, "/v1/shipments", _registration(step.registration, step.at))
        if step.payload is not None:
            path = f"devices/{step.report}" if step.report else f"intake/{step.source}"
            await _post(client, f"/v1/{path}", step.payload)
        if step.scans:
            await _post(client, "/v1/scans", await self._scans(client, step))

    async def _scans(self, client: httpx2.AsyncClient, step: Step) -> list[Scan]:
        """The step's scans; one that takes back another names that one's event."""
        if step.takes_back is None:
            return list(step.scans)
        taken = step.takes_back
        answer = await client.get(f"/v1/track/{taken.number}")
        for event in answer.json().get("events", ()):
            same_time = datetime.fromisoformat(event["occurred_at"]) == taken.occurred_at
            if same_time and event["text"] == taken.text:
                return [msgspec.structs.replace(step.scans[0], retracts=event["id"])]
        return list(step.scans)

    def _tell(self, key: str) -> None:
        """Where to look."""
        console.print("\n[bold]Milepost is running[/] on synthetic data.\n")
        console.print(f"  look-up page   {self.url}/")
        for story in stories.stories():
            console.print(f"  {self.url}/t/{story.number:<19} [dim]{story.en}[/]", soft_wrap=True)
        console.print(f"  console        {self.url}{self._door}", soft_wrap=True)
        console.print(f"  API            {self.url}/v1/openapi.json")
        console.print(f"  API key        [bold]{key}[/]")
        console.print(
            f"\n  MILEPOST_KEY={key} milepost track {stories.stories()[0].number} --url {self.url}",
            soft_wrap=True,
        )
        console.print("\nNew scans arrive in accelerated time. Ctrl-C ends.\n")


def _registration(known: Registration, at: datetime) -> dict[str, Any]:
    """The consignee's data stay with the merchant: Milepost does not need them to track."""
    fields = msgspec.to_builtins(known)
    kept = {name: value for name, value in fields.items() if name != "consignee"}
    kept["declared_value_minor"] = kept.pop("value_cents", None)
    return kept | {"ordered_at": at.isoformat(), "promised_at": at.isoformat()}


async def _send_tariffs(client: httpx2.AsyncClient) -> None:
    headers = {"Content-Type": "text/csv"}
    answer = await client.put("/v1/tariffs", content=tariffs().encode(), headers=headers)
    answer.raise_for_status()


async def _post(client: httpx2.AsyncClient, path: str, body: Any) -> None:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    headers = {"Content-Type": "application/json"}
    answer = await client.post(path, content=content, headers=headers)
    if answer.status_code >= 400:
        console.print(f"[red]{path} answers {answer.status_code}[/]: {answer.text[:200]}")
