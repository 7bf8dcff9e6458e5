"""`/v2/events`: what was sent to the account's webhooks, from the delivery log."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.compat.core import Change, Sent, Watch
from milepost.compat.core.pushing import change_of
from milepost.compat.easypost import VENDOR, faults, ids, listing, moments, push
from milepost.compat.easypost.answering import Call
from milepost.engine.delivery import Attempt


async def all_of(call: Call) -> dict[str, Any]:
    """A page, newest first. An event is listed without its tracker, as EasyPost does it."""
    query = call.request.query_params
    size, span = listing.size_of(query), listing.span_of(query)
    found = _Events(call)
    before = await _before(call, query.get("before_id"))
    while len(found.sent) <= size:
        rows = await call.services.pushes.page(
            call.tenant, VENDOR, before=before, limit=listing.MOST
        )
        for one in rows:
            if span.has(one.at_us):
                await found.add(one)
        if len(rows) < listing.MOST:
            break
        before = rows[-1].id
    return {"events": found.shown()[:size], "has_more": len(found.sent) > size}


class _Events:
    """Pushes put together to events, those of trackers that were deleted left out."""

    def __init__(self, call: Call) -> None:
        self.sent: dict[tuple[int, int], list[Sent]] = {}
        self._call = call
        self._watches: dict[int, Watch | None] = {}

    async def add(self, one: Sent) -> None:
        if one.watch not in self._watches:
            self._watches[one.watch] = await _watch(self._call, one.watch)
        if self._watches[one.watch] is not None:
            self.sent.setdefault((one.watch, one.at_us), []).append(one)

    def shown(self) -> list[dict[str, Any]]:
        known = ((self._watches[key[0]], sent) for key, sent in self.sent.items())
        return [_shown(watch, sent) for watch, sent in known if watch is not None]


async def retrieve(call: Call) -> dict[str, Any]:
    """One event, with its tracker as it was when the event came about."""
    watch, sent = await _found(call)
    return _shown(watch, sent) | {"result": (await _event(call, watch, sent))["result"]}


async def payloads(call: Call) -> dict[str, Any]:
    """Every attempt to send an event."""
    watch, sent = await _found(call)
    return {"payloads": await _payloads(call, watch, sent)}


async def payload(call: Call) -> dict[str, Any]:
    """One of them."""
    watch, sent = await _found(call)
    wanted = call.request.path_params["payload"]
    for one in await _payloads(call, watch, sent):
        if one["id"] == wanted:
            return one
    raise faults.not_found()


async def _found(call: Call) -> tuple[Watch, list[Sent]]:
    pair = ids.pair_of(ids.EVENT, str(call.request.path_params["id"]))
    watch = await _watch(call, pair[0]) if pair else None
    sent = await call.services.pushes.of_change(watch, pair[1]) if watch and pair else []
    if watch is None or not sent:
        raise faults.not_found()
    return watch, sent


async def _watch(call: Call, number: int) -> Watch | None:
    return await call.services.watches.by_id(call.tenant, VENDOR, number)


async def _before(call: Call, given: str | None) -> int | None:
    """The first delivery of the event that a page goes on from."""
    if not given:
        return None
    pair = ids.pair_of(ids.EVENT, given)
    watch = await _watch(call, pair[0]) if pair else None
    sent = await call.services.pushes.of_change(watch, pair[1]) if watch and pair else []
    if not sent:
        raise faults.invalid("before_id", "is no event id")
    return sent[0].id


def _shown(watch: Watch, sent: list[Sent]) -> dict[str, Any]:
    return push.head(watch, _change(sent[0])) | {
        "updated_at": _updated_at(sent),
        "pending_urls": sorted({one.url for one in sent if one.state == "pending"}),
        "completed_urls": sorted({one.url for one in sent if one.state == "delivered"}),
        "status": _status(sent),
    }


def _updated_at(sent: list[Sent]) -> str:
    tries = (attempt.at.isoformat() for one in sent for attempt in one.attempts)
    return max([moments.of_us(sent[0].at_us), *map(moments.utc, tries)])


def _status(sent: list[Sent]) -> str:
    waiting = [one for one in sent if one.state == "pending"]
    if any(one.attempts for one in waiting):
        return "retrying"
    if waiting:
        return "in_queue"
    return "failed" if any(one.state == "failed" for one in sent) else "completed"


def _change(sent: Sent) -> Change:
    return change_of(sent.topic, sent.payload, "", sent.at_us)


async def _event(call: Call, watch: Watch, sent: list[Sent]) -> dict[str, Any]:
    """The event as it was sent: made again of what was known then."""
    one = sent[0]
    track = await call.services.queries.track_then(
        call.tenant, watch.number, one.at_us, private=True
    )
    known = watch.options | {"base_url": call.services.base_url}
    return push.event(msgspec.structs.replace(watch, options=known), track, _change(one))


async def _payloads(call: Call, watch: Watch, sent: list[Sent]) -> list[dict[str, Any]]:
    body = msgspec.json.encode(await _event(call, watch, sent)).decode()
    return [
        _payload(one, place, attempt, body)
        for one in sent
        for place, attempt in enumerate(one.attempts)
    ]


def _payload(sent: Sent, place: int, attempt: Attempt, body: str) -> dict[str, Any]:
    at = moments.utc(attempt.at.isoformat())
    return {
        "id": ids.pair_id(ids.PAYLOAD, sent.id, place),
        "object": "Payload",
        "created_at": at,
        "updated_at": at,
        "request_url": sent.url,
        "request_headers": {"Content-Type": "application/json"},
        "request_body": body,
        "response_headers": {},
        "response_body": attempt.response or attempt.error or "",
        "response_code": attempt.code or 0,
        "total_time": attempt.duration_ms,
    }
