"""`/v1/connections`: accounts upstream that we ask for the roads of open shipments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from milepost.api.connection_shapes import (
    ConnectionAnswer,
    ConnectionChange,
    ConnectionList,
    NewConnection,
    SourceAnswer,
    SourceList,
    Trying,
    moment,
    spent_today,
)
from milepost.domain.moment import to_datetime
from milepost.engine.polling import Connection, Connections, Source, TooManyError
from milepost.engine.resolve import BadScanError, checked_number
from milepost.intake.poll.trying import Trial
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError


class ConnectionServices(Struct):
    """`find`: (slug, client) of a source's slug or name. `try_`: asks for one number at once."""

    store: Connections
    sources: Mapping[str, Source]
    find: Callable[[str], tuple[str, Source] | None]
    check_url: Callable[[str], None]
    try_: Callable[[Connection, str, str | None], Awaitable[Trial]]
    changed: Callable[[], None]
    now_us: Callable[[], int]
    base_url: str


def endpoints(services: ConnectionServices) -> list[Endpoint]:
    def endpoint(handler: Any, **given: Any) -> Endpoint:
        return Endpoint(handler=partial(handler, services), tag="connections", **given)

    all_, one = "/v1/connections", "/v1/connections/{id}"
    return [
        endpoint(
            add, method="POST", path=all_, summary="Connect an account upstream", scope="write",
            body=NewConnection, answer=ConnectionAnswer, status=201, answers=(409,),
        ),
        endpoint(page, method="GET", path=all_, summary="Accounts upstream, with their freshness",
                 answer=ConnectionList),
        endpoint(sources, method="GET", path="/v1/connections/sources",
                 summary="The sources that can be asked", answer=SourceList),
        endpoint(show, method="GET", path=one, summary="One account upstream",
                 answer=ConnectionAnswer, answers=(404,)),
        endpoint(
            change, method="PATCH", path=one, summary="Change, pause or resume a connection",
            scope="write", body=ConnectionChange, answer=ConnectionAnswer, answers=(404,),
        ),
        endpoint(delete, method="DELETE", path=one, summary="Forget an account upstream",
                 scope="write", status=204, answers=(404,)),
        endpoint(
            test, method="POST", path=one + "/test", summary="Ask for one number at once",
            scope="write", body=Trying, answer=Trial, answers=(404,),
        ),
    ]  # fmt: skip


async def add(services: ConnectionServices, call: Call) -> ConnectionAnswer:
    wanted: NewConnection = call.body
    found = services.find(wanted.source)
    if found is None:
        known = ", ".join(services.sources)
        raise ProblemError(422, f"source: '{wanted.source}' cannot be asked; there are {known}.")
    slug, source = found
    now_us = services.now_us()
    given = {name: getattr(wanted, name) for name in _PLAIN}
    connection = Connection(
        tenant=call.caller.tenant, source=slug, secrets=wanted.credentials,
        carriers=tuple(wanted.carriers), options=msgspec.to_builtins(wanted.options),
        created_us=now_us, updated_us=now_us, **given,
    )  # fmt: skip
    _check(services, connection, source)
    try:
        added = await services.store.add(connection)
    except TooManyError as error:
        raise ProblemError(409, str(error)) from None
    services.changed()
    return await _shown(services, added)


async def page(services: ConnectionServices, call: Call) -> ConnectionList:
    found = await services.store.of_tenant(call.caller.tenant)
    return ConnectionList([await _shown(services, one) for one in found])


async def sources(services: ConnectionServices, _: Call) -> SourceList:
    return SourceList([
        SourceAnswer(slug, list(one.CREDENTIALS), list(one.OPTIONAL), one.BATCH, one.RATE_PER_S,
                     one.SIGNS_WITH)
        for slug, one in services.sources.items()
    ])  # fmt: skip


async def show(services: ConnectionServices, call: Call) -> ConnectionAnswer:
    return await _shown(services, await _found(services, call))


async def change(services: ConnectionServices, call: Call) -> ConnectionAnswer:
    wanted: ConnectionChange = call.body
    one = await _found(services, call)
    for name in _PLAIN:
        if getattr(wanted, name) is not UNSET:
            setattr(one, name, getattr(wanted, name))
    if not isinstance(wanted.credentials, msgspec.UnsetType):
        one.secrets = wanted.credentials
    if not isinstance(wanted.carriers, msgspec.UnsetType):
        one.carriers = tuple(wanted.carriers)
    if wanted.options is not UNSET:
        one.options = msgspec.to_builtins(wanted.options)
    _check(services, one, services.sources[one.source])
    # Later than before even where the clock stands still: lanes notice a change by it.
    one.updated_us = max(services.now_us(), one.updated_us + 1)
    await services.store.save(one)
    services.changed()
    return await _shown(services, await _found(services, call))


async def delete(services: ConnectionServices, call: Call) -> None:
    if not await services.store.delete(call.caller.tenant, _id(call)):
        raise _absent()
    services.changed()


async def test(services: ConnectionServices, call: Call) -> Trial:
    one = await _found(services, call)
    try:
        number = checked_number(call.body.number)
    except BadScanError as error:
        raise ProblemError(422, str(error)) from None
    return await services.try_(one, number, call.body.carrier)


_PLAIN = ("name", "base_url", "rate_per_s", "concurrency", "daily_budget", "active")


def _check(services: ConnectionServices, one: Connection, source: Source) -> None:
    missing = [name for name in source.CREDENTIALS if not one.secrets.get(name)]
    if missing:
        raise ProblemError(422, f"credentials: {one.source} needs {', '.join(missing)}.")
    strange = one.secrets.keys() - {*source.CREDENTIALS, *source.OPTIONAL}
    if strange:
        raise ProblemError(422, f"credentials: {one.source} knows no {', '.join(sorted(strange))}.")
    if one.base_url is not None:
        try:
            services.check_url(one.base_url)
        except ValueError as error:
            raise ProblemError(422, str(error)) from None


async def _shown(services: ConnectionServices, one: Connection) -> ConnectionAnswer:
    now_us, source = services.now_us(), services.sources[one.source]
    signed = source.SIGNS_WITH is not None and bool(one.secrets.get(source.SIGNS_WITH))
    return ConnectionAnswer(
        id=str(one.id), source=one.source, name=one.name,
        base_url=one.base_url or source.BASE_URL, credentials=sorted(one.secrets),
        carriers=list(one.carriers), rate_per_s=one.rate_per_s or source.RATE_PER_S,
        concurrency=one.concurrency or source.CONCURRENCY, batch=source.BATCH,
        daily_budget=one.daily_budget, options=one.options, active=one.active,
        state=one.state if one.active else "paused", breaker=one.breaker,
        waits_until=moment(one.waits_until_us), spent_today=spent_today(one, now_us),
        last_answer_at=moment(one.answered_us), last_push_at=moment(one.pushed_us),
        last_error=one.last_error, last_error_at=moment(one.last_error_us),
        push_url=f"{services.base_url}/v1/connections/{one.id}/push" if signed else None,
        created_at=to_datetime(one.created_us, 0),
        freshness=await services.store.freshness(one, now_us),
    )  # fmt: skip


def _id(call: Call) -> int:
    text = call.path("id")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _absent()
    return int(text)


async def _found(services: ConnectionServices, call: Call) -> Connection:
    found = await services.store.by_id(call.caller.tenant, _id(call))
    if found is None or found.source not in services.sources:
        raise _absent()
    return found


def _absent() -> ProblemError:
    return ProblemError(404, "There is no such connection.")
