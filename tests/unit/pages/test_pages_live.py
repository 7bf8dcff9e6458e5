"""Server-sent events: the main part again at every change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from msgspec.structs import replace
from starlette.requests import Request

from milepost.pages.live import LiveFeed, revision
from milepost.pages.site import Site
from unit.pages import samples
from unit.pages.fake import FakeLookup

BEAT = "event: beat\ndata: as before\n\n"


def request(number: str, query: str = "lang=zh", **headers: str) -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": f"/t/{number}/live",
            "path_params": {"number": number},
            "query_string": query.encode(),
            "headers": [
                (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
            ],
            "scheme": "http",
            "server": ("x", 80),
        }
    )


async def stream(
    lookup: FakeLookup, asked: Request, heartbeat_s: float = 5.0
) -> AsyncIterator[str]:
    feed = LiveFeed(Site(lookup, lambda: samples.NOW), heartbeat_s)
    response = await feed.show(asked)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    return response.body_iterator  # type: ignore[attr-defined,no-any-return]


async def test_a_change_is_sent_as_the_main_part() -> None:
    track = samples.on_the_way()
    lookup = FakeLookup([track])
    events = await stream(lookup, request(track.number, f"lang=zh&seen={revision(track)}"))
    assert await anext(events) == "retry: 5000\n\n"
    assert await anext(events) == BEAT

    lookup.tracks[track.number] = replace(samples.delivered(), number=track.number)
    lookup.announce()
    event = await anext(events)

    assert event.startswith("event: main\nid: ")
    assert event.endswith("\n\n")
    assert "已签收" in event
    assert "<html" not in event


async def test_what_was_missed_is_sent_at_once() -> None:
    track = samples.on_the_way()
    for asked in (request(track.number, "seen=old"), request(track.number, last_event_id="old")):
        events = await stream(FakeLookup([track]), asked)
        await anext(events)

        assert (await anext(events)).startswith("event: main\n")


async def test_silence_has_a_heartbeat_and_loses_no_change() -> None:
    track = samples.on_the_way()
    lookup = FakeLookup([track])
    events = await stream(lookup, request(track.number, f"seen={revision(track)}"), 0.01)
    for _ in range(2):
        await anext(events)
    assert [await anext(events) for _ in range(3)] == [BEAT] * 3

    lookup.tracks[track.number] = samples.delivered()
    lookup.announce()
    heard = [await anext(events) for _ in range(3)]

    assert [text for text in heard if text.startswith("event: main")]


async def test_a_reader_who_leaves_is_forgotten() -> None:
    track = samples.on_the_way()
    lookup = FakeLookup([track])
    events = await stream(lookup, request(track.number), 0.01)
    for _ in range(3):
        await anext(events)
    assert lookup.listeners == 1

    await events.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0.01)

    assert lookup.listeners == 0
