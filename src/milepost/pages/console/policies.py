"""`/console/policies`: a form made from the `Policy` struct, exceptions, and what then holds."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct
from starlette.responses import Response

from milepost.domain.care import CATEGORIES
from milepost.pages.console.limits import UNITS, Field, fields_of, read
from milepost.pages.console.visit import Visit

WHEN = ("category", "carrier", "origin", "destination")
GRAVITIES = ("critical", "warning", "never")


class Typed(Struct, frozen=True):
    """A form that was refused, as it was typed. `why` is empty where its fields say it."""

    exception: bool
    fields: list[Field]
    when: dict[str, str]
    why: str = ""


class Holds(Struct, frozen=True):
    """What holds of one limit: for a plain shipment, and for each category of goods."""

    name: str
    plain: Field
    goods: list[Field]


async def show(visit: Visit) -> Response:
    return await _page(visit, None)


async def _page(visit: Visit, typed: Typed | None) -> Response:
    body = (await visit.call("GET", "/v1/policy")).body
    own = body["own"]
    usual = typed.fields if typed and not typed.exception else fields_of(own["values"])
    added = typed.fields if typed and typed.exception else fields_of({})
    return visit.page(
        "policies.html", 422 if typed else 200, own=own, fields=usual, gravities=GRAVITIES,
        categories=CATEGORIES, carriers=await visit.services.network.carriers(visit.tenant),
        exceptions=[(one, fields_of(one["values"])) for one in own["exceptions"]],
        units=tuple(UNITS), blank=added, holds=_holds(body), typed=typed,
    )  # fmt: skip


def _holds(body: dict[str, Any]) -> list[Holds]:
    """The answer's policies, limit by limit."""
    plain = fields_of(body["plain"])
    goods = [fields_of(body["by_category"][one]) for one in CATEGORIES]
    return [Holds(one.name, one, [fields[at] for fields in goods]) for at, one in enumerate(plain)]


async def save(visit: Visit) -> Response:
    """The usual limits; exceptions stay as they are."""
    values, fields = read(visit.form)
    if any(one.fault for one in fields):
        return await _page(visit, Typed(exception=False, fields=fields, when={}))
    before = (await visit.call("GET", "/v1/policy")).body["own"]
    body = before | {"values": values}
    gravity = visit.form.get("open_cases")
    typed = Typed(exception=False, fields=fields, when={})
    return await _put(visit, before, body | ({"open_cases": gravity} if gravity else {}), typed)


async def add_exception(visit: Visit) -> Response:
    when = {name: visit.form.get(f"when.{name}") for name in WHEN if visit.form.get(f"when.{name}")}
    when |= {name: when[name].upper() for name in ("origin", "destination") if name in when}
    values, fields = read(visit.form)
    typed = Typed(exception=True, fields=fields, when=when)
    if not when or not values or any(one.fault for one in fields):
        why = "" if any(one.fault for one in fields) else visit.reader.text("policies.empty")
        return await _page(visit, msgspec.structs.replace(typed, why=why))
    before = (await visit.call("GET", "/v1/policy")).body["own"]
    added = {"when": when, "values": values}
    return await _put(visit, before, before | {"exceptions": [*before["exceptions"], added]}, typed)


async def drop_exception(visit: Visit) -> Response:
    before = (await visit.call("GET", "/v1/policy")).body["own"]
    index = visit.form.get("index")
    kept = [one for at, one in enumerate(before["exceptions"]) if str(at) != index]
    return await _put(visit, before, before | {"exceptions": kept}, None)


async def _put(
    visit: Visit, before: dict[str, Any], body: dict[str, Any], typed: Typed | None
) -> Response:
    answer = await visit.call("PUT", "/v1/policy", body=body)
    if answer.ok:
        await visit.note("policy_set", "policy", before, msgspec.to_builtins(answer.body["own"]))
    elif typed is not None:
        return await _page(visit, msgspec.structs.replace(typed, why=visit.why(answer)))
    return visit.said(answer, "policies.saved", "/console/policies")
