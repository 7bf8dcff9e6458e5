"""Pages that come as they are reckoned."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from milepost.pages.console.streaming import place, streamed

PAGE = f"<main>{place('a')!s}<hr>{place('b')!s}</main>"


def asked(encoding: str = "") -> Request:
    headers = [(b"accept-encoding", encoding.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


def part(text: str, after: asyncio.Event | None = None) -> Any:
    async def make() -> str:
        if after is not None:
            await after.wait()
        return text

    return make


async def pieces(response: Response) -> list[bytes]:
    return [bytes(one) async for one in response.body_iterator]  # type: ignore[attr-defined]


def test_what_is_known_comes_before_what_is_not() -> None:
    async def run() -> list[bytes]:
        late = asyncio.Event()
        parts = {"a": part("A", late), "b": part("B")}
        source = streamed(HTMLResponse(PAGE), parts, asked(), "!").body_iterator  # type: ignore[attr-defined]
        found = [bytes(await anext(source))]
        late.set()
        return found + [bytes(one) async for one in source]

    assert asyncio.run(run()) == [b"<main>", b"A", b"<hr>", b"B", b"</main>"]


def test_a_part_that_fails_leaves_the_others() -> None:
    async def broken() -> str:
        raise OSError("gone")

    response = streamed(HTMLResponse(PAGE), {"a": broken, "b": part("B")}, asked(), "<p>!</p>")

    assert b"".join(asyncio.run(pieces(response))) == b"<main><p>!</p><hr>B</main>"


def test_who_leaves_ends_the_parts() -> None:
    async def run() -> bool:
        ended = asyncio.Event()

        async def endless() -> str:
            try:
                await asyncio.sleep(60)
            finally:
                ended.set()
            return ""

        source = streamed(HTMLResponse(PAGE), {"a": part("A"), "b": endless}, asked(), "!")
        body = source.body_iterator  # type: ignore[attr-defined]
        assert [await anext(body), await anext(body)] == [b"<main>", b"A"]
        await asyncio.sleep(0)
        await body.aclose()
        return ended.is_set()

    assert asyncio.run(run())


def test_each_piece_is_packed_by_itself() -> None:
    response = streamed(HTMLResponse(PAGE), {"a": part("A"), "b": part("B")}, asked("gzip"), "!")
    found = asyncio.run(pieces(response))

    assert response.headers["content-encoding"] == "gzip"
    assert "content-length" not in response.headers
    assert len(found) > 4
    assert gzip.decompress(b"".join(found)) == b"<main>A<hr>B</main>"
