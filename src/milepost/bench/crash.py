"""`milepost bench crash`: kill -9 of the server and of PostgreSQL under load, and a count.

Senders keep what was not acknowledged and send it again. In the end nothing acknowledged may be
missing and nothing may be there twice: by SQL, by the API, and in the read model.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import click
import msgspec
from msgspec import Struct

from milepost.bench.crashing import ROADS, Sender
from milepost.bench.forking import ForkedServer
from milepost.bench.load import Connection
from milepost.bench.output import Steps, show, steps
from milepost.bench.server import room
from milepost.bench.sharded import ShardedServer
from milepost.runners.rebuild import Verdict, verify
from milepost.settings import Settings
from milepost.wiring import open_store

Killed = ForkedServer | ShardedServer

SENDERS = 3
# Every tenth kill takes PostgreSQL too: before the server, or together with it.
DATABASE, BOTH, ROUND = 4, 14, 20
RECOVERED_WITHIN_S = 120


class CrashFigures(Struct, frozen=True, kw_only=True):
    """`lost`: acknowledged events that the journal or the API lacks; `doubled`: events that are
    there more than once; `differing`: lines of the read model that are not what the journal says.
    """

    server_kills: int
    database_kills: int
    acknowledged: int
    sent_again: int
    known_already: int
    lost: int
    lost_by_api: int
    doubled: int
    doubled_by_api: int
    differing: int
    seconds: float

    @property
    def fine(self) -> bool:
        """Nothing lost, nothing doubled."""
        bad = (self.lost, self.lost_by_api, self.doubled, self.doubled_by_api, self.differing)
        return self.acknowledged > 0 and not any(bad)


def run(
    times: int, *, seed: int = 1, longest_s: float = 0.5, numbers: int = 1_500,
    folder: Path | None = None, shards: int = 1,
) -> CrashFigures:  # fmt: skip
    """Kill `times` times; each after up to `longest_s` seconds of load. `numbers`: how many roads
    are read through the API in the end. Of several `shards`, one engine is killed at a time.
    """
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(times + 2))
        progress.say("starting the server")
        chance = Random(seed)  # noqa: S311 - moments, not secrets
        server: Killed = ForkedServer(place / "crash")
        if shards > 1:
            server = ShardedServer(place / "crash", shards, chance)
        stack.callback(server.close)
        server.start()
        return asyncio.run(_run(server, times, chance, longest_s, numbers, progress))


async def _run(
    server: Killed,
    times: int,
    chance: Random,
    longest_s: float,
    numbers: int,
    told: Steps,
) -> CrashFigures:
    began = time.monotonic()
    senders = [Sender(server.port, server.key, index) for index in range(SENDERS)]
    tasks = [asyncio.create_task(sender.run()) for sender in senders]
    kills = 0
    for turn in range(times):
        told.done(f"kill {turn + 1} of {times}")
        await asyncio.sleep(chance.uniform(0.0, longest_s))
        kills += await _kill(server, turn % ROUND, senders)
    told.done("sending what is left")
    for sender in senders:
        sender.ending = True
    async with asyncio.timeout(RECOVERED_WITHIN_S):
        await asyncio.gather(*tasks)
    told.done("counting")
    lost_by_api, doubled_by_api = await _by_api(server, senders, numbers, chance)
    await asyncio.to_thread(server.stop)
    lost, doubled, verdict = await _by_sql(server, sum(one.acknowledged for one in senders))
    return CrashFigures(
        server_kills=times,
        database_kills=kills,
        acknowledged=sum(one.acknowledged for one in senders),
        sent_again=sum(one.sent_again for one in senders),
        known_already=sum(one.known_already for one in senders),
        lost=lost,
        lost_by_api=lost_by_api,
        doubled=doubled,
        doubled_by_api=doubled_by_api,
        differing=verdict.differing + verdict.missing,
        seconds=round(time.monotonic() - began, 1),
    )


async def _kill(server: Killed, turn: int, senders: list[Sender]) -> int:
    """Kill and start again; whether PostgreSQL was killed as well."""
    if turn == DATABASE:
        server.kill_database()
        # The server itself has to notice, and to find its way back.
        async with asyncio.timeout(RECOVERED_WITHIN_S):
            await asyncio.gather(*(sender.next_receipt() for sender in senders))
    server.kill()
    if turn == BOTH:
        server.kill_database()
    await asyncio.to_thread(server.start)
    return int(turn in (DATABASE, BOTH))


async def _by_sql(server: Killed, expected: int) -> tuple[int, int, Verdict]:
    store = await open_store(Settings(data=server.folder))
    try:
        async with store.pool.connection() as connection:
            events, distinct = await connection.fetchrow(
                "SELECT count(*), count(DISTINCT (parcel, fingerprint)) FROM journal"
            )
        verdict = await verify(store.ledger, int(datetime.now(UTC).timestamp()), lambda _: None)
    finally:
        await store.close(stop=True)
    return max(0, expected - distinct), events - distinct, verdict


async def _by_api(
    server: Killed, senders: list[Sender], most: int, chance: Random
) -> tuple[int, int]:
    """How many events of some roads are missing, and how many are there too often."""
    expected = {number: count for sender in senders for number, count in sender.counts()}
    asked = chance.sample(sorted(expected), min(most, len(expected)))
    connection = Connection("127.0.0.1", server.port, server.key)
    await connection.open()
    lost = doubled = 0
    for part in _parts(asked):
        body = msgspec.json.encode({"numbers": part})
        status, answer = await connection.request("POST", "/v1/track", body)
        assert status == 200, answer
        tracks = {one["number"]: one["events"] for one in msgspec.json.decode(answer)["tracks"]}
        for number in part:
            ids = [event["id"] for event in tracks.get(number, ())]
            lost += max(0, expected[number] - len(set(ids)))
            doubled += max(0, len(ids) - expected[number])
    connection.close()
    return lost, doubled


def _parts(numbers: list[str], size: int = ROADS) -> Iterator[list[str]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


@click.command("crash")
@click.option("--times", type=click.IntRange(min=1), default=200, show_default=True, help="Kills.")
@click.option("--seed", type=int, default=1, help="Other moments of killing.")
@click.option("--shards", type=click.IntRange(min=1), default=1, show_default=True,
              help="Engines; of several, one is killed at a time.")  # fmt: skip
@click.option("--folder", type=click.Path(path_type=Path, exists=True), help="Where data is kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line.")
def crash_command(times: int, seed: int, shards: int, folder: Path | None, as_json: bool) -> None:
    """Kill server and PostgreSQL under load; count what is lost or doubled."""
    figures = run(times, seed=seed, folder=folder, shards=shards)
    show("Crash", figures, as_json=as_json)
    if not figures.fine:
        raise click.ClickException("something acknowledged was lost, or is there twice")
