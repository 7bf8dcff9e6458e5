"""The headers of a push, as a receiver sees them on the wire."""

from __future__ import annotations

import asyncio

from milepost.channels.discovery import Options
from milepost.compat.core.posting import Poster
from milepost.compat.core.pushing import Outgoing


async def sent(headers: dict[str, str]) -> list[str]:
    """The header lines of one push."""
    got: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.extend((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[1:-1])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    poster = Poster(Options(allow_private_targets=True, user_agent="Milepost/1"))
    try:
        answer = await poster(Outgoing(url=f"http://127.0.0.1:{port}/x", headers=headers, body=b""))
        assert answer == (200, b"", None)
    finally:
        await poster.close()
        server.close()
        await server.wait_closed()
    return got


async def test_a_vendors_own_header_takes_the_place_of_ours() -> None:
    got = await sent({"User-Agent": "AfterShipTrackingWebhook/4.0.0", "X-Sign": "a", "Host": "no"})

    names = [line.partition(":")[0].lower() for line in got]
    assert sorted(names) == sorted(set(names))
    assert "User-Agent: AfterShipTrackingWebhook/4.0.0" in got
    assert "X-Sign: a" in got  # in the vendor's own spelling: some look it up by that
    assert not any(line.endswith(": no") for line in got)


async def test_without_one_we_say_who_we_are() -> None:
    got = await sent({"content-type": "application/json"})

    assert [line for line in got if line.lower().startswith("user-agent")] == [
        "user-agent: Milepost/1"
    ]
