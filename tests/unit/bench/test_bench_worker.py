import asyncio

import msgspec
import pytest
from bench_answering import answering

from milepost.bench.worker import Target, Worker


def _taken(accepted: int, duplicates: int = 0) -> bytes:
    return msgspec.json.encode({"accepted": accepted, "duplicates": duplicates, "rejected": []})


def _worker(port: int) -> Worker:
    return Worker(Target(host="127.0.0.1", port=port, key="k", size=10, roads=50, seed=1))


async def test_flood_counts_what_was_accepted() -> None:
    async with answering(lambda *_: (202, _taken(10))) as port:
        worker = _worker(port)
        assert await worker.prepare(batches=5) == {"ready": 5}

        got = await worker.flood(seconds=30, connections=2, most=200)

    assert got["accepted"] == 200
    assert got["bytes"] > 200 * 100
    assert 0 < got["p50_ms"] <= got["p99_ms"] < got["taken_s"] * 1e3


async def test_flood_does_not_count_what_was_refused() -> None:
    async with answering(lambda *_: (503, b"later")) as port:
        got = await _worker(port).flood(seconds=0.1, connections=1)

    assert got["accepted"] == 0
    assert got["refused"] > 0


async def test_flood_fails_loudly_when_a_scan_was_not_taken() -> None:
    async with answering(lambda *_: (202, _taken(9, duplicates=1))) as port:
        with pytest.raises(RuntimeError, match="not all scans"):
            await _worker(port).flood(seconds=1, connections=1)


async def test_pace_keeps_its_rate() -> None:
    async with answering(lambda *_: (202, _taken(10))) as port:
        worker = _worker(port)
        await worker.pace(per_s=1_000, connections=2)
        await asyncio.sleep(0.5)
        got = await worker.rest()

    assert 300 <= got["accepted"] <= 560


async def test_get_and_put_give_status_and_body() -> None:
    async with answering(lambda method, path, body: (200, body or path.encode())) as port:
        worker = _worker(port)

        assert (await worker.get(path="/x"))["body"] == "/x"
        assert (await worker.put(method="PUT", path="/x", body="ß"))["bytes"] == 2
