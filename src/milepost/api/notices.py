"""`/v1/notices`: weather, closures and peaks that hold parcels up; by hand, or as CAP 1.2."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta, Struct

from milepost.carriers import registry
from milepost.domain.moment import to_datetime
from milepost.domain.notice import Lane, Notice
from milepost.engine.notices import NoticeRow, placed
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

MOST = 1_000
_CORNERS = 3
CAP = "application/cap+xml"


class NoticeDesk(Protocol):
    """Keeps notices and makes them hold. Answers only of the tenant that asks."""

    now_us: Callable[[], int]

    def of(self, tenant: int) -> Sequence[NoticeRow]: ...

    async def add(self, tenant: int, notices: Sequence[Notice]) -> list[int]: ...

    async def end(self, tenant: int, notice: int, at: datetime) -> bool: ...

    async def take_cap(self, tenant: int, bodies: Sequence[bytes]) -> Taken: ...

    async def feeds(self, tenant: int) -> Sequence[FeedAnswer]: ...

    async def add_feed(self, tenant: int, url: str) -> int:
        """ValueError for an address that is not to be asked."""
        ...

    async def remove_feed(self, tenant: int, feed: int) -> bool: ...


class NewNotice(Notice, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A notice as it is given out: a field that nobody knows is an error, not a notice for all."""


class NoticeAnswer(Struct):
    id: int
    notice: Notice


class NoticePage(Struct):
    notices: list[NoticeAnswer]


class Added(Struct):
    ids: list[int]


class Taken(Struct):
    """`faults`: messages that could not be read; `unplaced`: areas that nobody here can place, so
    that the notice holds without them; `left_out`: messages that hold nothing up, and why.
    """

    ids: list[int] = []
    faults: list[str] = []
    unplaced: list[str] = []
    left_out: list[str] = []


class NewFeed(Struct):
    url: Annotated[str, Meta(max_length=2048, pattern="^https?://")]


class FeedAnswer(Struct):
    """A feed that is listened to; `last_error` of its last reading."""

    id: int
    url: str
    read_at: datetime | None = None
    last_error: str | None = None


class FeedPage(Struct):
    feeds: list[FeedAnswer]


Handler = Callable[[NoticeDesk, Call], Awaitable[object]]


def endpoints(desk: NoticeDesk) -> list[Endpoint]:
    def on(handler: Handler, **given: object) -> Endpoint:
        return Endpoint(handler=partial(handler, desk), tag="notices", **given)  # type: ignore[arg-type]

    return [
        on(add, method="POST", path="/v1/notices", summary="Give out notices", scope="write",
           body=NewNotice | list[NewNotice], answer=Added, status=201),
        on(page, method="GET", path="/v1/notices", summary="Notices that hold, held or will",
           answer=NoticePage),
        on(end, method="DELETE", path="/v1/notices/{id}", summary="A notice holds no longer",
           scope="write", status=204, answers=(404,)),
        on(cap, method="POST", path="/v1/notices/cap", summary="Take a CAP 1.2 message",
           scope="write", raw_body=True, body=str, media_types=(CAP, "application/xml"),
           answer=Taken, status=201, answers=(400,), most_bytes=4 * 1024 * 1024),
        on(feeds, method="GET", path="/v1/notice-feeds", summary="CAP feeds listened to",
           answer=FeedPage),
        on(add_feed, method="POST", path="/v1/notice-feeds", summary="Listen to a CAP feed",
           scope="write", body=NewFeed, answer=FeedAnswer, status=201, answers=(422,)),
        on(remove_feed, method="DELETE", path="/v1/notice-feeds/{id}", scope="write", status=204,
           summary="Listen to a CAP feed no longer", answers=(404,)),
    ]  # fmt: skip


async def add(desk: NoticeDesk, call: Call) -> Added:
    notices: Sequence[Notice] = call.body if isinstance(call.body, list) else [call.body]
    if len(notices) > MOST:
        raise ProblemError(422, f"At most {MOST} notices at once.")
    ready: list[Notice] = []
    errors: list[dict[str, object]] = []
    for index, notice in enumerate(notices):
        found, unknown = placed(notice)
        errors += [{"index": index, "error": f"no such place: {name}"} for name in unknown]
        errors += [{"index": index, "error": one} for one in _faults(notice)]
        ready.append(_by_slug(found))
    if errors:
        raise ProblemError(422, "Some notices cannot be taken; none was.", errors=errors)
    return Added(await desk.add(call.caller.tenant, ready))


def _faults(notice: Notice) -> Iterator[str]:
    """What would make it hold nowhere, never, or for nobody."""
    times = [notice.from_at, *([notice.until_at] if notice.until_at else [])]
    if any(one.tzinfo is None for one in times):
        yield "from_at and until_at need an offset"
    elif times[-1] < times[0]:
        yield "until_at is before from_at"
    for area in notice.areas:
        if not (area.country or area.place or area.center or area.polygon):
            yield "an area needs a country, a place, a position or a polygon"
        if area.polygon and len(area.polygon) < _CORNERS:
            yield "a polygon needs three corners"
    if Lane() in notice.lanes:
        yield "a lane needs an origin or a destination"


def _by_slug(notice: Notice) -> Notice:
    """With the carriers' slugs, by whichever of their names they were called; a tenant's own
    courier has none, and is called as its scans call it.
    """
    known = [(name, registry.find(name)) for name in notice.carriers]
    slugs = [one.slug if one is not None else name.lower() for name, one in known]
    return msgspec.structs.replace(notice, carriers=slugs)


async def page(desk: NoticeDesk, call: Call) -> NoticePage:
    return NoticePage([NoticeAnswer(one.id, one.notice) for one in desk.of(call.caller.tenant)])


async def end(desk: NoticeDesk, call: Call) -> None:
    at = to_datetime(desk.now_us(), 0)
    if not await desk.end(call.caller.tenant, _id(call), at):
        raise ProblemError(404, "There is no such notice.")


async def cap(desk: NoticeDesk, call: Call) -> Taken:
    try:
        return await desk.take_cap(call.caller.tenant, [call.body])
    except ValueError as error:
        raise ProblemError(400, f"Not a CAP message: {error}") from None


async def feeds(desk: NoticeDesk, call: Call) -> FeedPage:
    return FeedPage(list(await desk.feeds(call.caller.tenant)))


async def add_feed(desk: NoticeDesk, call: Call) -> FeedAnswer:
    url = call.body.url
    try:
        return FeedAnswer(await desk.add_feed(call.caller.tenant, url), url)
    except ValueError as error:
        raise ProblemError(422, str(error)) from None


async def remove_feed(desk: NoticeDesk, call: Call) -> None:
    if not await desk.remove_feed(call.caller.tenant, _id(call)):
        raise ProblemError(404, "There is no such feed.")


def _id(call: Call) -> int:
    text = call.path("id")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ProblemError(404, "An id is a number.")
    return int(text)
