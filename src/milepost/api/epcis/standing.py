"""`/v1/epcis/queries/{name}/subscriptions`: answers of a query that come by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from milepost.api.epcis.answers import (
    ROOT,
    Position,
    answer,
    check_versions,
    next_link,
    page_of,
    path_text,
    problem,
)
from milepost.api.epcis.shapes import NewStandingQuery, PageQuery, StandingQuery
from milepost.engine.delivering import Announcer
from milepost.engine.delivery import TooManySubscriptionsError
from milepost.engine.epcis_ports import (
    EpcisStore,
    NewStanding,
    QueryError,
    Standing,
    StandingQueries,
)
from milepost.engine.epcis_standing import NOT_STANDING
from milepost.epcis.schedule import Schedule, ScheduleError
from milepost.epcis.times import parsed
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

CHANNEL = "epcis"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PATH = f"{ROOT}/queries/{{name}}/subscriptions"


class StandingServices:
    """What subscribing works with."""

    def __init__(
        self,
        events: EpcisStore,
        store: StandingQueries,
        announcer: Announcer,
        now_us: Callable[[], int],
        wake: Callable[[], None],
    ) -> None:
        self.events = events
        self.store = store
        self.announcer = announcer
        self.wake = wake
        self._now_us = now_us

    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._now_us())


def endpoints(services: StandingServices) -> list[Endpoint]:
    def endpoint(handler: Any, path: str, summary: str, **given: Any) -> Endpoint:
        given = {"method": "GET", "answers": (400, 404, 406)} | given
        return Endpoint(
            handler=partial(handler, services), path=path, summary=summary, tag="epcis", **given
        )

    one_path = _PATH + "/{id}"
    return [
        endpoint(add, _PATH, "Subscribe to a query by webhook", method="POST", scope="write",
                 body=NewStandingQuery, answer=StandingQuery, status=201,
                 answers=(400, 404, 406, 409)),
        endpoint(listed, _PATH, "Subscriptions to a query", query=PageQuery,
                 answer=list[StandingQuery]),
        endpoint(one, one_path, "A subscription to a query", answer=StandingQuery),
        endpoint(delete, one_path, "Unsubscribe", method="DELETE", scope="write", status=204,
                 answers=(404, 406)),
    ]  # fmt: skip


async def add(services: StandingServices, call: Call) -> Response:
    check_versions(call.request)
    name = path_text(call, "name")
    query = await _query(services, call, name)
    wanted: NewStandingQuery = call.body
    secret = _secret(services.announcer, wanted)
    new = _standing(services, name, wanted, secret)
    await _askable(services, call, query)
    try:
        added = await services.store.add(call.caller.tenant, new)
    except TooManySubscriptionsError as error:
        raise ProblemError(409, str(error)) from None
    if added is None:
        raise _no_name()
    await services.announcer.changed(added.id)
    services.wake()
    location = f"{ROOT}/queries/{quote(name, safe='')}/subscriptions/{added.id}"
    told = shown(added, secret if wanted.signatureToken is None else None)
    return answer(call.request, told, 201, headers={"Location": location})


async def listed(services: StandingServices, call: Call) -> Response:
    check_versions(call.request)
    name, page = path_text(call, "name"), page_of(call.request)
    await _query(services, call, name)
    offset = page.position.offset
    found = await services.store.of(call.caller.tenant, name, offset, page.size + 1)
    more = len(found) > page.size
    link = next_link(call.request, Position(offset + page.size)) if more else {}
    return answer(call.request, [shown(one) for one in found[: page.size]], headers=link)


async def one(services: StandingServices, call: Call) -> Response:
    check_versions(call.request)
    name, number = path_text(call, "name"), _id(call)
    found = await services.store.one(call.caller.tenant, name, number)
    if found is None:
        raise _absent()
    return answer(call.request, shown(found))


async def delete(services: StandingServices, call: Call) -> None:
    check_versions(call.request)
    number = _id(call)
    if not await services.store.delete(call.caller.tenant, path_text(call, "name"), number):
        raise _absent()
    await services.announcer.changed(number)


def shown(one: Standing, token: str | None = None) -> StandingQuery:
    return StandingQuery(
        subscriptionID=str(one.id),
        queryName=one.query,
        dest=one.dest,
        stream=one.schedule is None,
        schedule=one.schedule,
        reportIfEmpty=one.report_if_empty,
        initialRecordTime=one.min_record_time,
        createdAt=one.created_at,
        lastNotifiedAt=one.last_notified_at,
        active=one.active,
        disabledWhy=one.disabled_why,
        signatureToken=token,
    )


def _standing(
    services: StandingServices, name: str, wanted: NewStandingQuery, secret: str
) -> NewStanding:
    now = services.now()
    if (wanted.schedule is None) == (not wanted.stream):
        raise _controls("needs either stream true, or a schedule")
    return NewStanding(
        query=name, dest=wanted.dest, secret=secret, created_at=now, schedule=wanted.schedule,
        next_at=None if wanted.schedule is None else _next(wanted.schedule, now),
        report_if_empty=wanted.reportIfEmpty,
        min_record_time=_time(wanted.initialRecordTime),
    )  # fmt: skip


def _next(given: dict[str, str], now: datetime) -> datetime:
    try:
        found = Schedule(given).next_after(now)
    except ScheduleError as error:
        raise _controls(str(error)) from None
    if found is None:
        raise _controls("schedule: never comes")
    return found


def _time(text: str | None) -> datetime | None:
    try:
        return None if text is None else parsed(text)[0]
    except ValueError as error:
        raise _controls(f"initialRecordTime: {error}") from None


def _secret(announcer: Announcer, wanted: NewStandingQuery) -> str:
    channel = announcer.channels.get(CHANNEL)
    if channel is None:
        raise ProblemError(409, f"The channel '{CHANNEL}' is not installed here.")
    try:
        channel.check_target(wanted.dest)
    except ValueError as error:
        raise problem(400, "InvalidURIException", f"dest: {error}") from None
    token = wanted.signatureToken
    if token is not None and "\x00" in token:
        raise _controls("signatureToken: must have no NUL in it")
    return token or channel.new_secret()


async def _query(services: StandingServices, call: Call, name: str) -> dict[str, Any]:
    found = await services.events.query(call.caller.tenant, name)
    if found is None:
        raise _no_name()
    return found


async def _askable(services: StandingServices, call: Call, query: dict[str, Any]) -> None:
    """Whether the query can be asked at all, and asked again and again."""
    limits = [name for name in NOT_STANDING if name in query]
    if limits:
        told = f"A query with {limits[0]} cannot be subscribed to."
        raise problem(400, "SubscribeNotPermittedException", told)
    try:
        await services.events.events(call.caller.tenant, query, until=0, offset=0, limit=1)
    except QueryError as error:
        raise problem(400, "SubscribeNotPermittedException", str(error)) from None


def _id(call: Call) -> int:
    text = call.path("id")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _absent()
    return int(text)


def _controls(detail: str) -> ProblemError:
    return problem(400, "SubscriptionControlsException", f"The subscription {detail}.")


def _no_name() -> ProblemError:
    return problem(404, "NoSuchNameException", "There is no query of this name.")


def _absent() -> ProblemError:
    return problem(404, "NoSuchSubscriptionException", "There is no such subscription.")
