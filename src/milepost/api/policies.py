"""`/v1/policy`: from when on a person is told; `/v1/care`: what kinds of goods need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Protocol

import msgspec
from msgspec import UNSET, Struct

from milepost.carriers import registry
from milepost.domain.alert import Policy
from milepost.domain.care import CATEGORIES, Care, CareChange, Category
from milepost.engine.policy_lanes import end_named
from milepost.engine.policy_terms import (
    PLAIN,
    PolicyException,
    Profile,
    TenantPolicy,
    When,
    cares_of,
    resolve,
)
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

MOST_EXCEPTIONS = 200
_EVERYTHING = When()


class Held(Protocol):
    """The policies that hold in this process."""

    def of(self, tenant: int) -> TenantPolicy: ...


class PolicyAnswer(Struct, kw_only=True):
    """What the tenant has set, and what then holds for a plain shipment and for each category."""

    own: TenantPolicy
    plain: Policy
    by_category: dict[str, Policy]


class CareAnswer(Struct):
    """Every category's labels, checks, nodes, limits and policy, as they hold for the tenant; `own`
    is what the tenant has changed.
    """

    categories: list[Care]
    own: dict[Category, CareChange]


Change = Callable[[int, TenantPolicy], Awaitable[None]]


def endpoints(held: Held, change: Change) -> list[Endpoint]:
    def on(handler: Callable[..., Awaitable[Any]], *given: Any, **told: Any) -> Endpoint:
        return Endpoint(handler=partial(handler, *given), tag="policies", **told)

    return [
        on(show, held, method="GET", path="/v1/policy", answer=PolicyAnswer,
           summary="The limits from which on alerts open"),
        on(put, held, change, method="PUT", path="/v1/policy", scope="write", body=TenantPolicy,
           answer=PolicyAnswer, summary="Set limits, and exceptions by category, carrier and lane"),
        on(care, held, method="GET", path="/v1/care", answer=CareAnswer,
           summary="What each category of goods needs"),
        on(put_care, held, change, method="PUT", path="/v1/care/{category}", scope="write",
           body=CareChange, answer=Care, answers=(404,),
           summary="Do otherwise with a category of goods"),
        on(end_care, held, change, method="DELETE", path="/v1/care/{category}", scope="write",
           status=204, answers=(404,), summary="Care for a category of goods as usual"),
    ]  # fmt: skip


async def show(held: Held, call: Call) -> PolicyAnswer:
    return _answer(held.of(call.caller.tenant))


async def put(held: Held, change: Change, call: Call) -> PolicyAnswer:
    wanted: TenantPolicy = call.body
    if len(wanted.exceptions) > MOST_EXCEPTIONS:
        raise ProblemError(422, f"A policy may have {MOST_EXCEPTIONS} exceptions at most.")
    if wanted.care is UNSET:  # who sets limits has not spoken of care
        wanted = msgspec.structs.replace(wanted, care=held.of(call.caller.tenant).care)
    wanted = msgspec.structs.replace(wanted, exceptions=tuple(map(_by_slug, wanted.exceptions)))
    answer = _checked(wanted)
    await change(call.caller.tenant, wanted)
    return answer


def _by_slug(one: PolicyException) -> PolicyException:
    """With the carrier's slug, by whichever of its names it was called; a tenant's own courier has
    none, and is called as its scans call it.
    """
    if not one.when.carrier:
        return one
    found = registry.find(one.when.carrier)
    slug = found.slug if found is not None else one.when.carrier.lower()
    return msgspec.structs.replace(one, when=msgspec.structs.replace(one.when, carrier=slug))


async def care(held: Held, call: Call) -> CareAnswer:
    own = held.of(call.caller.tenant)
    cares = cares_of(own)
    return CareAnswer([cares[one] for one in CATEGORIES], _changes(own))


async def put_care(held: Held, change: Change, call: Call) -> Care:
    category, own = _category(call), held.of(call.caller.tenant)
    wanted = msgspec.structs.replace(own, care={**_changes(own), category: call.body})
    try:
        found = cares_of(wanted)[category]
    except msgspec.ValidationError as error:
        raise ProblemError(422, str(error)) from None
    await change(call.caller.tenant, wanted)
    return found


async def end_care(held: Held, change: Change, call: Call) -> None:
    category, own = _category(call), held.of(call.caller.tenant)
    rest = {name: one for name, one in _changes(own).items() if name != category}
    await change(call.caller.tenant, msgspec.structs.replace(own, care=rest or UNSET))


def _changes(own: TenantPolicy) -> dict[Category, CareChange]:
    return own.care or {}


def _category(call: Call) -> Category:
    found = next((one for one in CATEGORIES if one == call.path("category")), None)
    if found is None:
        raise ProblemError(404, f"There is no such category; there are {', '.join(CATEGORIES)}.")
    return found


def _answer(own: TenantPolicy) -> PolicyAnswer:
    by_category: dict[str, Policy] = {
        one: resolve(own, Profile(categories=(one,))) for one in CATEGORIES
    }
    return PolicyAnswer(own=own, plain=resolve(own, PLAIN), by_category=by_category)


def _checked(wanted: TenantPolicy) -> PolicyAnswer:
    """The answer it will give; every exception alone has to make sense too."""
    errors: list[dict[str, Any]] = []
    for index, one in enumerate(wanted.exceptions):
        errors += [{"index": index, "error": fault} for fault in _faults(one.when)]
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


def _faults(when: When) -> Iterator[str]:
    """What would hold for every shipment, or for none."""
    if when == _EVERYTHING:
        yield "'when' is empty: set it in 'values'"
    if when.category not in (None, *CATEGORIES):
        yield f"no such category: {when.category}"
    for end in (when.origin, when.destination):
        if end is not None and end_named(end) is None:
            yield f"no such country, province or town: {end}"
