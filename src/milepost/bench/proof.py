"""`milepost bench proof`: how long the proof of one event takes in a large journal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import click
from msgspec import Struct

from milepost.bench.machine import Machine, machine
from milepost.bench.output import Steps, quantile, show, steps
from milepost.bench.server import room
from milepost.domain.event import Event, EventBody, fingerprint_of, key_of, pack_body
from milepost.domain.scan import id_text
from milepost.engine.rows import Group, Row
from milepost.notary.keys import SigningKey
from milepost.notary.leaf import hashed
from milepost.notary.office import Notary
from milepost.notary.proof import check
from milepost.notary.suites import DEFAULT, suite
from milepost.settings import Settings
from milepost.stores.postgres.notary import PostgresNotary
from milepost.wiring import Store, open_store
from milepost.wiring.archived import ArchivedJournal

GROUP = 1_000
ROAD = 12
BASE_US = 1_790_000_000_000_000


class ProofFigures(Struct, frozen=True, kw_only=True):
    """`proof_…`: of one event by its id alone, checkpoint at hand; `number_…`: with its tracking
    number; `proof_cpu_ms`: of the server's process, by id. `fill_s`: how long the journal took.
    `leaf_us`: CPU a commit spends on hashing an event. `file_bytes…`: what an event takes
    in the log's files, `chain_bytes…`: in the database. `checkpoint_ms`: signing one of all.
    """

    events: int
    proof_p50_ms: float
    proof_p99_ms: float
    proof_cpu_ms: float
    number_p50_ms: float
    number_p99_ms: float
    consistency_p99_ms: float
    check_p50_ms: float
    checkpoint_ms: float
    leaf_us: float
    file_bytes_per_event: float
    chain_bytes_per_event: float
    proofs: int
    fill_s: float
    machine: Machine


def _rows(tenant: int, first: int) -> list[Row]:
    """Invented scans: twelve to a road."""
    rows = []
    for serial in range(first, first + GROUP):
        number = f"MP{serial // ROAD:010d}"
        body = EventBody(number, "scans", "yto", f"【北野转运中心】已到达 {serial % ROAD}", "北野")
        event = Event(
            key_of(tenant, number), fingerprint_of(number, serial), BASE_US + serial, 480, 0, 11,
            BASE_US + serial // GROUP * 1_000, None, body,
        )  # fmt: skip
        rows.append(Row(tenant, 7, event))
    return rows


async def _fill(store: Store, notary: Notary, tenant: int, events: int, told: Steps) -> None:
    for done in range(0, events, GROUP):
        await store.ledger.commit(0, Group(rows=_rows(tenant, done)))
        if done % (events // 20 + 1) < GROUP:
            told.done(f"committed {done:,} of {events:,} events")
            await notary.work_up(0)
    await notary.work_up(0)


async def _timed(notary: Notary, tenant: int, events: list[tuple[str, str | None]]) -> list[float]:
    taken = []
    for event, number in events:
        began = time.perf_counter()
        await notary.event_proof(tenant, event, number=number)
        taken.append((time.perf_counter() - began) * 1_000)
    return taken


def _asked(events: int, count: int, *, numbers: bool) -> Iterator[tuple[str, str | None]]:
    random = Random(7)  # noqa: S311 - any draw will do
    for _ in range(count):
        serial = random.randrange(events)
        number = f"MP{serial // ROAD:010d}"
        yield id_text(fingerprint_of(number, serial)), number if numbers else None


async def _measure(folder: Path, events: int, count: int, told: Steps) -> ProofFigures:
    settings = Settings(data=folder)
    store = await open_store(settings)
    archive = ArchivedJournal(folder / "history")
    key = SigningKey(bytes(32))
    notary = Notary(PostgresNotary(store.pool), archive, store.linker, key, lambda: BASE_US)
    try:
        tenant = await store.accounts.tenant("bench")
        began = time.perf_counter()
        await _fill(store, notary, tenant, events, told)
        fill_s = time.perf_counter() - began
        async with store.pool.connection() as connection:
            await connection.execute("ANALYZE journal; ANALYZE notary_link; CHECKPOINT")
            chain = await connection.fetchval("SELECT pg_total_relation_size('notary_link')")
            version = await connection.fetchval("SHOW server_version")
        began = time.perf_counter()
        await notary.checkpoint(tenant)
        checkpoint_ms = (time.perf_counter() - began) * 1_000
        told.done("asking for proofs")
        await _timed(notary, tenant, list(_asked(events, 20, numbers=False)))
        cpu_s = time.process_time()
        by_id = await _timed(notary, tenant, list(_asked(events, count, numbers=False)))
        cpu_s = time.process_time() - cpu_s
        by_number = await _timed(notary, tenant, list(_asked(events, count, numbers=True)))
        return ProofFigures(
            events=events,
            proof_p50_ms=round(quantile(by_id, 0.5), 2),
            proof_p99_ms=round(quantile(by_id, 0.99), 2),
            proof_cpu_ms=round(cpu_s / count * 1_000, 2),
            number_p50_ms=round(quantile(by_number, 0.5), 2),
            number_p99_ms=round(quantile(by_number, 0.99), 2),
            consistency_p99_ms=round(await _consistency(notary, tenant, events), 2),
            check_p50_ms=round(await _checked(notary, tenant, events), 2),
            checkpoint_ms=round(checkpoint_ms, 1),
            leaf_us=round(_leaf_us(tenant), 2),
            file_bytes_per_event=round(_bytes_in(folder / "notary") / events, 1),
            chain_bytes_per_event=round(chain / events, 2),
            proofs=count,
            fill_s=round(fill_s, 1),
            machine=machine(str(version)),
        )
    finally:
        archive.close()
        await store.close(stop=True)


async def _consistency(notary: Notary, tenant: int, events: int) -> float:
    random, taken = Random(8), []  # noqa: S311
    for _ in range(100):
        old = random.randrange(1, events)
        began = time.perf_counter()
        await notary.consistency_proof(tenant, old, events)
        taken.append((time.perf_counter() - began) * 1_000)
    return quantile(taken, 0.99)


async def _checked(notary: Notary, tenant: int, events: int) -> float:
    taken = []
    for event, _ in _asked(events, 100, numbers=False):
        proof = await notary.event_proof(tenant, event)
        began = time.perf_counter()
        check(proof)
        taken.append((time.perf_counter() - began) * 1_000)
    return quantile(taken, 0.5)


def _leaf_us(tenant: int) -> float:
    rows = _rows(tenant, 0)
    bodies = [pack_body(row.event.body) for row in rows]
    taken = []
    for _ in range(9):
        began = time.process_time_ns()
        pairs = hashed(suite(DEFAULT), rows, bodies, 1)
        pairs.sort()
        taken.append((time.process_time_ns() - began) / 1_000 / GROUP)
    return quantile(taken, 0.5)


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@click.command("proof")
@click.option("--events", default=10_000_000, show_default=True, help="Events in the journal.")
@click.option("--proofs", default=1_000, show_default=True, help="Proofs asked for.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to keep the data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def proof_command(events: int, proofs: int, folder: Path | None, as_json: bool) -> None:
    """The proof of one event, by its id, in a journal of many."""
    with room(folder) as place, steps(22) as told:
        told.say("starting the database")
        whole = max(GROUP, events // GROUP * GROUP)
        figures = asyncio.run(_measure(place / "data", whole, proofs, told))
    show("Proof", figures, as_json=as_json)
