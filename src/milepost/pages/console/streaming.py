"""Pages that come as they are reckoned: the frame at once, each part in its place when it is there.

The parts come in the order of the page, so that it needs no script.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import aclosing
from typing import Any

import structlog
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

log = structlog.get_logger()
_PLACE = re.compile("\x00(.*?)\x00")
Parts = Mapping[str, Callable[[], Coroutine[Any, Any, str]]]


def place(name: str) -> Markup:
    """Where a part comes in a template."""
    return Markup(f"\x00{name}\x00")  # noqa: S704


def streamed(whole: Response, parts: Parts, request: Request, fault: str) -> Response:
    """The page `whole`, with its places filled by `parts`; `fault` instead of one that failed."""
    text = bytes(whole.body).decode()
    headers = {name: value for name, value in whole.headers.items() if name != "content-length"}
    source = _filled(text, parts, fault)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
        source = _packed(source)
    return StreamingResponse(source, whole.status_code, headers)


async def _filled(text: str, parts: Parts, fault: str) -> AsyncGenerator[bytes, None]:
    """All parts are begun at once; who leaves ends them."""
    tasks = {name: asyncio.create_task(one()) for name, one in parts.items()}
    try:
        for index, piece in enumerate(_PLACE.split(text)):
            found = piece if index % 2 == 0 else await _part(tasks[piece], piece, fault)
            yield found.encode()
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _part(task: asyncio.Task[str], name: str, fault: str) -> str:
    try:
        return await task
    except Exception as error:  # the other parts go on
        log.error("part_failed", part=name, error=repr(error))
        return fault


async def _packed(source: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Gzip that keeps nothing back."""
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    async with aclosing(source):
        async for piece in source:
            if found := packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH):
                yield found
    yield packer.flush()
