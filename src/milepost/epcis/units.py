"""Units of measurement: UN/ECE Recommendation 20 codes and what they mean."""

from __future__ import annotations

from importlib import resources

import msgspec
from msgspec import Struct


class Unit(Struct, frozen=True, kw_only=True):
    """One kind of measurement: by unit code the factor and the offset to our integer."""

    type: str
    field: str
    codes: dict[str, tuple[float, float]]
    component: str | None = None


class _Table(Struct):
    unit: tuple[Unit, ...]


UNITS = {
    (one.type, one.component): one
    for one in msgspec.toml.decode(
        resources.files(__package__).joinpath("units.toml").read_bytes(), type=_Table
    ).unit
}


def alike(value: float, uom: str, *, spread: bool = False) -> dict[str, float]:
    """The same figure in every unit of its kind that we know, by unit code; itself first.

    `spread`: it is a difference (a standard deviation), which no zero point moves.
    """
    found: dict[str, float] = {uom: value}
    for unit in UNITS.values():
        if uom not in unit.codes:
            continue
        factor, offset = unit.codes[uom]
        exact = value * factor + (0 if spread else offset)
        for code, (each, zero) in unit.codes.items():
            # Nine decimals are more than any sensor has, and less than the error of the sum.
            found.setdefault(code, round((exact - (0 if spread else zero)) / each, 9))
    return found
