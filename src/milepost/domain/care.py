"""Care by category: what a kind of goods needs on its way."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Category = Literal["fragile", "cold_chain", "high_value", "cross_border", "bulky"]
CATEGORIES: tuple[Category, ...] = (
    "fragile", "cold_chain", "high_value", "cross_border", "bulky",
)  # fmt: skip


# References that say that a check was not passed, as in `packing:broken`.
FAILED = frozenset({"failed", "refused", "broken", "missing", "false", "no"})


def is_passed(reference: str) -> bool:
    """What the reference of a check, `ok` in `packing:ok`, says of it."""
    return reference.strip().lower() not in FAILED


class Limits(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What sensors may measure before somebody is told. None: not watched.

    Temperatures in thousandths of a degree Celsius, humidity per mille, shock in thousandths of g.
    An excursion counts once it has lasted `excursion_s`, and is over once the value is
    `hysteresis_…` inside the limit again. `silent_s`: a sensor that says nothing for so long.
    """

    temperature_low_mc: int | None = None
    temperature_high_mc: int | None = None
    hysteresis_mc: int = 500
    humidity_high_pm: int | None = None
    hysteresis_pm: int = 20
    excursion_s: int = 600
    shock_mg: int | None = None
    tilt_deg: int | None = None
    light_lux: int | None = None
    silent_s: int | None = None


class Care(Struct, frozen=True, kw_only=True):
    """A category: `policy` overrides fields of `Policy`, `labels` go on the box, `checks` are made
    at hand-over, `nodes` are steps that its page shows.
    """

    category: str
    labels: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    policy: dict[str, Any] = {}
    limits: Limits = Limits()


# What stands before the colon of a scan's evidence, so it has none itself.
CareName = Annotated[str, Meta(pattern=r"^[^:\s][^:]{0,59}$")]
CareNames = Annotated[tuple[CareName, ...], Meta(max_length=20)]


class CareChange(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a tenant does otherwise with a category. `labels`, `checks` and `nodes` stand instead of
    the usual ones, where given; of `policy` and `limits` only what is given does, and a limit that
    is null is not watched.
    """

    labels: CareNames | None = None
    checks: CareNames | None = None
    nodes: CareNames | None = None
    policy: dict[str, Any] = {}
    limits: dict[str, int | None] = {}
