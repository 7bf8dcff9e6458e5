"""`/v1/policy`: from when on a person is told; `/v1/care`: what kinds of goods need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from milepost.domain.alert import Policy
from milepost.domain.care import CATEGORIES, Care
from milepost.engine.policies import PLAIN, Profile, TenantPolicy, resolve
from milepost.rules.care import all_care
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

MOST_EXCEPTIONS = 200


class Held(Protocol):
    """The policies that hold in this process."""

    def of(self, tenant: int) -> TenantPolicy: ...


class PolicyAnswer(Struct, kw_only=True):
    """What the tenant has set, and what then holds for a plain shipment and for each category."""

    own: TenantPolicy
    plain: Policy
    by_category: dict[str, Policy]


class CareAnswer(Struct):
    """Every category's labels, checks, nodes, limits and policy."""

    categories: list[Care]


Change = Callable[[int, TenantPolicy], Awaitable[None]]


def endpoints(held: Held, change: Change) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET", path="/v1/policy", handler=partial(show, held), tag="policies",
            summary="The limits from which on alerts open", answer=PolicyAnswer,
        ),
        Endpoint(
            method="PUT", path="/v1/policy", handler=partial(put, held, change), tag="policies",
            summary="Set limits, and exceptions by category, carrier and lane", scope="write",
            body=TenantPolicy, answer=PolicyAnswer,
        ),
        Endpoint(
            method="GET", path="/v1/care", handler=care, tag="policies",
            summary="What each category of goods needs", answer=CareAnswer,
        ),
    ]  # fmt: skip


async def show(held: Held, call: Call) -> PolicyAnswer:
    return _answer(held.of(call.caller.tenant))


async def put(held: Held, change: Change, call: Call) -> PolicyAnswer:
    wanted: TenantPolicy = call.body
    if len(wanted.exceptions) > MOST_EXCEPTIONS:
        raise ProblemError(422, f"A policy may have {MOST_EXCEPTIONS} exceptions at most.")
    answer = _checked(wanted)
    await change(call.caller.tenant, wanted)
    return answer


async def care(_: Call) -> CareAnswer:
    return CareAnswer([all_care()[one] for one in CATEGORIES])


def _answer(own: TenantPolicy) -> PolicyAnswer:
    by_category: dict[str, Policy] = {
        one: resolve(own, Profile(categories=(one,))) for one in CATEGORIES
    }
    return PolicyAnswer(own=own, plain=resolve(own, PLAIN), by_category=by_category)


def _checked(wanted: TenantPolicy) -> PolicyAnswer:
    """The answer it will give; every exception alone has to make sense too."""
    errors: list[dict[str, Any]] = []
    for index, one in enumerate(wanted.exceptions):
        if one.when.category not in (None, *CATEGORIES):
            errors.append({"index": index, "error": f"no such category: {one.when.category}"})
        elif one.when.weight == 0:
            errors.append({"index": index, "error": "'when' is empty: set it in 'values'"})
        try:
            resolve(TenantPolicy(values=one.values), PLAIN)
        except msgspec.ValidationError as error:
            errors.append({"index": index, "error": str(error)})
    if errors:
        raise ProblemError(422, "Some exceptions cannot be taken.", errors=errors)
    try:
        return _answer(wanted)
    except msgspec.ValidationError as error:
        raise ProblemError(422, str(error)) from None
