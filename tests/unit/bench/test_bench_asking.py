import asyncio

import pytest
from bench_answering import answering

from milepost.bench.asking import ask, repeat
from milepost.bench.load import Connection


async def test_ask_keeps_its_rate_and_walks_through_the_paths() -> None:
    asked: list[str] = []

    def answer(method: str, path: str, body: bytes) -> tuple[int, bytes]:
        asked.append(path)
        return 200, b"{}"

    async with answering(answer) as port:
        got = await ask(
            lambda: Connection("127.0.0.1", port),
            ["/a", "/b"],
            per_s=100,
            seconds=0.3,
            connections=2,
        )

    assert len(got["times_ms"]) == 30
    assert asked.count("/a") == asked.count("/b") == 15


async def test_waiting_behind_a_slow_answer_counts() -> None:
    """Ten questions 10 ms apart over one connection that takes 50 ms for each."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            await asyncio.sleep(0.05)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    got = await ask(
        lambda: Connection("127.0.0.1", port), ["/"], per_s=100, seconds=0.1, connections=1
    )
    server.close()

    assert max(got["times_ms"]) > 350


async def test_repeat_asks_so_many_times() -> None:
    async with answering(lambda *_: (200, b"{}")) as port:
        got = await repeat(lambda: Connection("127.0.0.1", port), ["/a"], count=20, connections=2)

    assert len(got["times_ms"]) == 20


async def test_an_error_answer_ends_the_run() -> None:
    async with answering(lambda *_: (404, b"nothing")) as port:
        with pytest.raises(RuntimeError, match="404"):
            await repeat(lambda: Connection("127.0.0.1", port), ["/a"], count=1)
