"""The fields of the `Policy` struct as a form shows them, and what a form says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from msgspec import Meta, Struct, structs

from milepost.domain.alert import DEFAULT_POLICY, Policy, SignOff
from milepost.engine.policy_terms import SETTABLE
from milepost.pages.console.forms import Form

UNITS = {"min": 60, "h": 3_600, "d": 86_400}
# A limit → the rule that goes by it, whose name says what people will see.
RULES = {
    "no_record_after_s": "no_record_after_label", "dwell_s": "dwell", "in_transit_dwell_s": "dwell",
    "no_movement_s": "no_movement", "customs_dwell_s": "customs_dwell",
    "unsigned_after_s": "unsigned", "pickup_overdue_s": "pickup_overdue",
    "failed_attempts": "failed_attempts", "lost_after_s": "possible_loss",
    "clock_skew_s": "clock_skew", "far_from_address_m": "delivered_far", "detour_pm": "detour",
    "sign_off": "sign_off_missing",
}  # fmt: skip


class Field(Struct, frozen=True):
    """A limit as a form shows it. `kind`: `seconds`, `number`, `share` (per cent of what is kept in
    thousandths) or `choices`; of seconds, `value` is in `unit`. `own`: whether the tenant has set
    it. `least` and `most` are in what is kept; `fault`: the key of what is wrong with `value`.
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
    fault: str = ""

    @property
    def rule(self) -> str:
        return RULES[self.name]

    @property
    def reach(self) -> str:
        """From where to where it may be set, as a person says it."""
        return f"{self._said(self.least)} – {self._said(self.most)}"

    def _said(self, value: int | None) -> str:
        if value is None:
            return "…"
        if self.kind == "seconds":
            return " ".join(map(str, in_units(value)))
        number = value / 10 if self.kind == "share" else value
        return f"{number:,.15g} {self.unit}".rstrip()


def fields_of(own: Mapping[str, Any]) -> list[Field]:
    """Every field that a tenant may set, in the struct's order; read off its types."""
    hints = get_type_hints(Policy, include_extras=True)
    own = {name: value for name, value in own.items() if value is not None}
    return [_field(name, hints[name], own) for name in Policy.__struct_fields__ if name in SETTABLE]


def _field(name: str, hint: Any, own: Mapping[str, Any]) -> Field:
    usual, value = getattr(DEFAULT_POLICY, name), own.get(name)
    least, most = _bounds(hint)
    if name == "sign_off":
        chosen = tuple(value or ())
        return Field(name, "choices", chosen, "", "–", name in own, choices=get_args(SignOff))
    if name.endswith("_s"):
        shown, unit = in_units(value if value is not None else usual)
        text = " ".join(map(str, in_units(usual))) if usual else "–"
        return Field(
            name, "seconds", shown if name in own else "", unit, text, name in own, least, most
        )
    if name.endswith("_pm"):
        share = "" if value is None else f"{value / 10:g}"
        return Field(name, "share", share, "%", f"{usual / 10:g} %", name in own, least, most)
    unit = "m" if name.endswith("_m") else ""
    number, text = "" if value is None else value, f"{usual} {unit}".rstrip()
    return Field(name, "number", number, unit, text, name in own, least, most)


def _bounds(hint: Any) -> tuple[int | None, int | None]:
    """What `Meta` says of a field, also where it is optional."""
    found = [one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Meta)]
    for part in get_args(hint):
        found += [one for one in getattr(part, "__metadata__", ()) if isinstance(one, Meta)]
    meta = found[0] if found else Meta()
    return _whole(meta.ge), _whole(meta.le)


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def in_units(seconds: int | None) -> tuple[int, str]:
    """The largest unit in which it is whole."""
    if not seconds:
        return 0, "h"
    sizes = sorted(UNITS.items(), key=lambda one: -one[1])
    return next(
        ((seconds // size, name) for name, size in sizes if seconds % size == 0), (seconds, "s")
    )


def read(form: Form) -> tuple[dict[str, Any], list[Field]]:
    """What a form sets, and its fields as they were typed, each with its fault. Empty fields are
    not set: the usual limit holds.
    """
    values: dict[str, Any] = {}
    fields = []
    for field in fields_of({}):
        typed, fault = form.get(field.name), ""
        if field.kind == "choices":
            chosen = [one for one in form.all(field.name) if one in field.choices]
            values |= {field.name: chosen} if chosen else {}
            fields.append(structs.replace(field, value=tuple(chosen)))
            continue
        unit = form.get(f"{field.name}.unit", field.unit) if field.kind == "seconds" else field.unit
        if typed:
            number = _number(field, typed, unit)
            fault = _fault(field, number)
            values |= {} if fault else {field.name: number}
        fields.append(structs.replace(field, value=typed, unit=unit, fault=fault))
    return values, fields


def _number(field: Field, typed: str, unit: str) -> int | None:
    """What is kept of what was typed, also with a comma; None where it is no number."""
    sizes = {"seconds": UNITS.get(unit, 0), "share": 10}
    try:
        number = float(typed.replace(",", ".")) * (sizes.get(field.kind, 1) or float("nan"))
        whole = round(number)
    except (ValueError, OverflowError):
        return None
    return whole if field.kind != "number" or number == whole else None


def _fault(field: Field, number: int | None) -> str:
    if number is None:
        return "no_number"
    low = field.least is not None and number < field.least
    high = field.most is not None and number > field.most
    return "out_of_reach" if low or high else ""
