"""`/v1/cases`: what people work on: reports, interceptions, second deliveries, claims."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from milepost.domain.case import StepError
from milepost.domain.event import key_of
from milepost.engine.cases.audit import unbroken
from milepost.engine.cases.desk import CaseDesk, Opening
from milepost.engine.cases.kinds import Kind, kinds
from milepost.engine.cases.ports import CaseFilter, CaseStore
from milepost.engine.cases.shown import CaseShown, StepShown, body_given, case_shown, step_shown
from milepost.engine.resolve import BadScanError, checked_number
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Text = Annotated[str, Meta(max_length=4_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class NewCase(Struct, forbid_unknown_fields=True):
    """`key`: opening again with the same key opens nothing anew."""

    kind: Name
    number: Annotated[str, Meta(min_length=1, max_length=64)]
    text: Text = ""
    fields: dict[str, Any] = {}
    rule: Name | None = None
    key: Name | None = None


class NewStep(Struct, forbid_unknown_fields=True):
    """`action` and `body` as docs/cases.md has them."""

    action: Name
    text: Text = ""
    body: Annotated[dict[str, Any], Meta(max_length=20)] = {}
    side: Literal["merchant", "carrier", "buyer"] = "merchant"


class CaseLine(Struct):
    id: int
    case: CaseShown


class CaseAnswer(Struct):
    """A case with all its steps. `intact`: no step was changed, removed or put in afterwards."""

    id: int
    case: CaseShown
    steps: list[StepShown]
    intact: bool


class CasePage(Struct):
    cases: list[CaseLine]
    next: int | None


class CaseQuery(Struct):
    """Filters; `cursor` is `next` of the page before."""

    number: str | None = None
    kind: str | None = None
    owner: str | None = None
    waits_for: str | None = None
    open: bool | None = None
    cursor: Annotated[int, Meta(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class KindPage(Struct):
    kinds: list[Kind]


class Rooms(Struct):
    """What the handlers work with. `together`: all numbers of a number's shipment."""

    desk: CaseDesk
    store: CaseStore
    together: Callable[[int, str], list[str]]


Handler = Callable[[Rooms, Call], Awaitable[object]]


def endpoints(rooms: Rooms) -> list[Endpoint]:
    def on(handler: Handler, **given: Any) -> Endpoint:
        return Endpoint(handler=partial(handler, rooms), tag="cases", **given)

    return [
        on(add, method="POST", path="/v1/cases", summary="Open a case", scope="write",
           body=NewCase, answer=CaseAnswer, status=201, answers=(409, 422)),
        on(page, method="GET", path="/v1/cases", summary="List cases, newest first",
           query=CaseQuery, answer=CasePage),
        on(show, method="GET", path="/v1/cases/{id}", summary="A case with all its steps",
           answer=CaseAnswer, answers=(404,)),
        on(step, method="POST", path="/v1/cases/{id}/steps", summary="Take a step in a case",
           scope="write", body=NewStep, answer=CaseAnswer, status=201, answers=(404, 422)),
        on(all_kinds, method="GET", path="/v1/case-kinds", summary="The kinds of cases there are",
           answer=KindPage),
    ]  # fmt: skip


async def add(rooms: Rooms, call: Call) -> CaseAnswer:
    given: NewCase = call.body
    tenant = call.caller.tenant
    try:
        number = checked_number(given.number)
        wanted = Opening(
            kind=given.kind, number=number, side="merchant", actor=call.caller.name,
            text=given.text, fields=given.fields, rule=given.rule, key=given.key,
        )  # fmt: skip
        made = await rooms.desk.open(tenant, key_of(tenant, number), wanted)
    except (StepError, BadScanError) as error:
        raise ProblemError(422, str(error)) from None
    if made is None:
        raise ProblemError(409, "A case with this key has been opened already.")
    return await _whole(rooms, tenant, made)


async def page(rooms: Rooms, call: Call) -> CasePage:
    query: CaseQuery = call.query
    wanted = CaseFilter(
        numbers=_numbers(rooms, call), kind=query.kind, owner=query.owner,
        waits_for=query.waits_for, open=query.open, after=query.cursor, limit=query.limit + 1,
    )  # fmt: skip
    rows = await rooms.store.list(call.caller.tenant, wanted)
    shown = rows[: query.limit]
    following = shown[-1].id if len(rows) > query.limit else None
    return CasePage([CaseLine(row.id, case_shown(row.case)) for row in shown], following)


def _numbers(rooms: Rooms, call: Call) -> list[str] | None:
    """All numbers of the shipment that one was asked for; what is no number has no cases."""
    asked: str | None = call.query.number
    try:
        return None if asked is None else rooms.together(call.caller.tenant, asked)
    except BadScanError:
        return []


async def show(rooms: Rooms, call: Call) -> CaseAnswer:
    return await _whole(rooms, call.caller.tenant, id_of(call))


async def step(rooms: Rooms, call: Call) -> CaseAnswer:
    given: NewStep = call.body
    tenant, case = call.caller.tenant, id_of(call)
    try:
        body = body_given(given.action, given.body)
        made = rooms.desk.made(given.side, call.caller.name, given.action, given.text, body)
        if await rooms.desk.step(tenant, case, made) is None:
            raise ProblemError(404, "There is no such case.")
    except StepError as error:
        raise ProblemError(422, str(error)) from None
    return await _whole(rooms, tenant, case)


async def all_kinds(_: Rooms, __: Call) -> KindPage:
    return KindPage(list(kinds().values()))


async def _whole(rooms: Rooms, tenant: int, case: int) -> CaseAnswer:
    row = await rooms.store.find(tenant, case)
    if row is None:
        raise ProblemError(404, "There is no such case.")
    steps = await rooms.store.steps(tenant, case)
    told, said = await rooms.desk.verbatim(row, steps)
    return CaseAnswer(row.id, case_shown(told), list(map(step_shown, said)), unbroken(row, steps))


def id_of(call: Call) -> int:
    """The case that the path names; 404 for what is no id."""
    text = call.path("id")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ProblemError(404, "There is no such case.")
    return int(text)
