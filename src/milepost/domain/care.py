"""Care by category: what a kind of goods needs on its way."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

Category = Literal["fragile", "cold_chain", "high_value", "cross_border", "bulky"]
CATEGORIES: tuple[Category, ...] = (
    "fragile", "cold_chain", "high_value", "cross_border", "bulky",
)  # fmt: skip


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
