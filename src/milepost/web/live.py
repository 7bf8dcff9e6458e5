"""Server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

HEARTBEAT_S = 15.0


def event(data: bytes, name: str | None = None, event_id: str | None = None) -> bytes:
    """One event in the wire form."""
    head = b""
    if name is not None:
        head += b"event: " + name.encode() + b"\n"
    if event_id is not None:
        head += b"id: " + event_id.encode() + b"\n"
    lines = b"".join(b"data: " + line + b"\n" for line in data.split(b"\n"))
    return head + lines + b"\n"


def stream(events: AsyncIterator[bytes]) -> StreamingResponse:
    """The answer that never ends; proxies are asked not to hold it back."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def woken(changed: asyncio.Event) -> bool:
    """Wait for a change; False at a heartbeat without one."""
    try:
        async with asyncio.timeout(HEARTBEAT_S):
            await changed.wait()
    except TimeoutError:
        return False
    changed.clear()
    return True
