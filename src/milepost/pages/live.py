"""`/t/{number}/live`: the page's main part again at every change, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from hashlib import sha256

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from milepost.domain.track import Track
from milepost.pages.foretelling import asked_for, link
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.proof import Proof, kept_key
from milepost.pages.site import Site, kept_language
from milepost.pages.view.buyer import buyer_view
from milepost.pages.view.reader import CLOCKS

HEARTBEAT_S = 20.0
_RETRY_MS = 5_000
_BEAT = "event: beat\ndata: as before\n\n"


class LiveFeed:
    """One open connection for each reader who has the page open."""

    def __init__(self, site: Site, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._site = site
        self._heartbeat_s = heartbeat_s
        self._proof = Proof(site)

    async def show(self, request: Request) -> Response:
        """An endless stream of `main` events; 404 where the number has no record."""
        number = request.path_params["number"]
        if await self._site.lookup.track(number) is None:
            return Response("Not found\n", 404, HEADERS | NO_INDEX, "text/plain")
        headers = HEADERS | NO_INDEX | {"X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._events(request, number), headers=headers, media_type="text/event-stream"
        )

    async def _events(self, request: Request, number: str) -> AsyncIterator[str]:
        yield f"retry: {_RETRY_MS}\n\n"
        yield await self._main(request, number, seen=_seen(request))
        async with aclosing(_ticks(self._site.lookup.live(number), self._heartbeat_s)) as ticks:
            async for changed in ticks:
                yield await self._main(request, number) if changed else _BEAT

    async def _main(self, request: Request, number: str, seen: str | None = None) -> str:
        """The main part as one event; a beat where the reader has `seen` it already."""
        track = await self._site.lookup.track(number)
        if track is None or revision(track) == seen:
            return _BEAT
        html = await self._road(request, number, track)
        data = "".join(f"data: {line}\n" for line in html.splitlines())
        return f"event: main\nid: {revision(track)}\n{data}\n"

    async def _road(self, request: Request, number: str, track: Track) -> str:
        reader = self._site.reader(request)
        proof = await self._proof.of(request, number, track)
        cold = await self._site.extras.cold_chain(number)
        said = await asked_for(self._site, request, number, track)
        return self._site.render(
            "_road.html",
            reader,
            view=buyer_view(proof.track, reader, proof.pickup, cold, said),
            forecast_url=link(request),
            yours=proof.yours,
            proof=proof.pickup,
            key=kept_key(request, proof.key),
            spoken=kept_language(request).replace("&", "?", 1),
            clock=reader.clock,
            clocks=[(name, f"?time={name}") for name in CLOCKS],
        )


def revision(track: Track) -> str:
    """A short mark that changes with anything in the track."""
    return sha256(msgspec.json.encode(track)).hexdigest()[:12]


def _seen(request: Request) -> str | None:
    """What the reader has: named by the browser when it comes back, by the page at first."""
    return request.headers.get("last-event-id") or request.query_params.get("seen")


async def _ticks(changes: AsyncIterator[None], heartbeat_s: float) -> AsyncGenerator[bool, None]:
    """True at each change, False each time that nothing came for `heartbeat_s` seconds.

    A pending change outlives the heartbeats: cancelling it would end a generator.
    """
    pending = asyncio.ensure_future(_next(changes))
    try:
        while True:
            done, _ = await asyncio.wait({pending}, timeout=heartbeat_s)
            if done and not pending.result():
                return
            if done:
                pending = asyncio.ensure_future(_next(changes))
            yield bool(done)
    finally:
        pending.cancel()


async def _next(changes: AsyncIterator[None]) -> bool:
    """Whether there was another change."""
    try:
        await anext(changes)
    except StopAsyncIteration:
        return False
    return True
