"""`/console/policies`: a form made from the `Policy` struct, and its exceptions."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct
from starlette.responses import Response

from milepost.domain.alert import DEFAULT_POLICY, Policy, SignOff
from milepost.domain.care import CATEGORIES
from milepost.engine.policies import SETTABLE
from milepost.pages.console.desk import Visit
from milepost.web.problems import ProblemError

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))
WHEN = ("category", "carrier", "origin", "destination")
GRAVITIES = ("critical", "warning", "never")


class Field(Struct, frozen=True):
    """A limit as a form shows it. `kind`: `seconds`, `number` or `choices`; of seconds, `value` is
    in `unit`. `own`: whether the tenant has set it.
    """

    name: str
    kind: str
    value: Any
    unit: str
    usual: str
    own: bool
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()


def fields_of(own: dict[str, Any]) -> list[Field]:
    """Every field that a tenant may set, in the struct's order; read off its types."""
    hints = get_type_hints(Policy, include_extras=True)
    return [_field(name, hints[name], own) for name in Policy.__struct_fields__ if name in SETTABLE]


def _field(name: str, hint: Any, own: dict[str, Any]) -> Field:
    usual = getattr(DEFAULT_POLICY, name)
    value = own.get(name)
    if name == "sign_off":
        chosen = tuple(value or ())
        return Field(name, "choices", chosen, "", "–", name in own, choices=get_args(SignOff))
    least, most = _bounds(hint)
    if name.endswith("_s"):
        shown, unit = _in_units(value if value is not None else usual)
        text = " ".join(map(str, _in_units(usual))) if usual else "–"
        return Field(name, "seconds", shown if name in own else "", unit, text, name in own)
    return Field(name, "number", "" if value is None else value, _unit_of(name), str(usual),
                 name in own, least, most)  # fmt: skip


def _bounds(hint: Any) -> tuple[int | None, int | None]:
    """What `Meta` says of a field, also where it is optional."""
    found = [one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Meta)]
    for part in get_args(hint):
        found += [one for one in getattr(part, "__metadata__", ()) if isinstance(one, Meta)]
    meta = found[0] if found else Meta()
    return _whole(meta.ge), _whole(meta.le)


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def _unit_of(name: str) -> str:
    return {"_m": "m", "pm": "‰"}.get(name[-2:], "")


def _in_units(seconds: int | None) -> tuple[int, str]:
    """The largest unit in which it is whole."""
    if not seconds:
        return 0, "h"
    return next(
        ((seconds // size, name) for size, name in _UNITS if seconds % size == 0), (seconds, "s")
    )


def seconds_of(text: str, unit: str) -> int:
    """Raises ValueError."""
    sizes = {name: size for size, name in _UNITS} | {"s": 1}
    return round(float(text) * sizes[unit])


def values_of(form: Any) -> dict[str, Any]:
    """What of a form is set; empty fields hold the usual limit. Raises ProblemError."""
    values: dict[str, Any] = {}
    for field in fields_of({}):
        text = form.get(field.name)
        try:
            if field.kind == "choices" and form.all(field.name):
                values[field.name] = form.all(field.name)
            elif text and field.kind == "seconds":
                values[field.name] = seconds_of(text, form.get(f"{field.name}.unit", "h"))
            elif text and field.kind == "number":
                values[field.name] = int(text)
        except (ValueError, KeyError, OverflowError):
            raise ProblemError(422, f"{field.name}: '{text}' is no number.") from None
    return values


async def show(visit: Visit) -> Response:
    answer = await visit.call("GET", "/v1/policy")
    own = answer.body["own"]
    return visit.page(
        "policies.html", own=own, fields=fields_of(own["values"]), when=WHEN, gravities=GRAVITIES,
        categories=CATEGORIES, carriers=await visit.services.network.carriers(visit.tenant),
        exceptions=[(one, fields_of(one["values"])) for one in own["exceptions"]],
        units=("min", "h", "d"), blank=fields_of({}),
    )  # fmt: skip


async def save(visit: Visit) -> Response:
    """The usual limits; exceptions stay as they are."""
    before = (await visit.call("GET", "/v1/policy")).body["own"]
    body = before | {"values": values_of(visit.form)}
    gravity = visit.form.get("open_cases")
    return await _put(visit, before, body | ({"open_cases": gravity} if gravity else {}))


async def add_exception(visit: Visit) -> Response:
    before = (await visit.call("GET", "/v1/policy")).body["own"]
    when = {name: visit.form.get(f"when.{name}") for name in WHEN if visit.form.get(f"when.{name}")}
    for name in ("origin", "destination"):
        if name in when:
            when[name] = when[name].upper()
    added = {"when": when, "values": values_of(visit.form)}
    return await _put(visit, before, before | {"exceptions": [*before["exceptions"], added]})


async def drop_exception(visit: Visit) -> Response:
    before = (await visit.call("GET", "/v1/policy")).body["own"]
    index = visit.form.get("index")
    kept = [one for at, one in enumerate(before["exceptions"]) if str(at) != index]
    return await _put(visit, before, before | {"exceptions": kept})


async def _put(visit: Visit, before: dict[str, Any], body: dict[str, Any]) -> Response:
    answer = await visit.call("PUT", "/v1/policy", body=body)
    if answer.ok:
        await visit.note("policy_set", "policy", before, msgspec.to_builtins(answer.body["own"]))
    return visit.said(answer, "policies.saved", "/console/policies")
