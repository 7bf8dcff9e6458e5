"""Named and versioned sets of emission factors: DEFRA 2025 ships, others come as a file."""

from __future__ import annotations

import csv
import io
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import PurePath

import msgspec
from msgspec import Struct

from milepost.carbon.model import CannotEstimateError, Mode

# Bounds where a set does not state any.
_UNCERTAINTY = 0.3


class Factor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Grams CO2e well to wheel per tonne and kilometre; bounds of it where the set has them."""

    mode: Mode
    vehicle: str
    wtw_g_per_tkm: float
    low_g_per_tkm: float | None = None
    high_g_per_tkm: float | None = None


class Factors(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A set. `defaults`: the vehicle of a mode where none is named (else its first).

    `empty_running_included`: whether the factors already carry the way back empty.
    """

    name: str
    version: str
    factor: tuple[Factor, ...]
    source: str = ""
    licence: str = ""
    empty_running_included: bool = True
    defaults: dict[str, str] = {}

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"

    def of(self, mode: Mode, vehicle: str | None) -> Factor:
        """The factor of a vehicle. Raises CannotEstimateError where the set has none."""
        known = {one.vehicle: one for one in self.factor if one.mode == mode}
        if not known:
            raise CannotEstimateError(f"{self.label} has no factors for {mode}")
        wanted = vehicle or self.defaults.get(mode) or next(iter(known))
        if wanted not in known:
            names = ", ".join(sorted(known))
            raise CannotEstimateError(
                f"{self.label} has no {mode} vehicle '{wanted}', only {names}"
            )
        return known[wanted]

    def has(self, mode: Mode, vehicle: str) -> bool:
        return any(one.mode == mode and one.vehicle == vehicle for one in self.factor)


class _ModeRows(Struct, frozen=True, forbid_unknown_fields=True):
    default: str
    uncertainty: float
    vehicles: dict[str, str]


class _Rows(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    version: str
    source: str
    licence: str
    empty_running_included: bool
    modes: dict[Mode, _ModeRows]


@cache
def defra_2025() -> Factors:
    """The set that ships."""
    rows = msgspec.convert(tomllib.loads(_text("defra2025.toml")), _Rows)
    wtw = {
        "|".join(row[name] for name in ("Level 2", "Level 3", "Level 4", "Column Text")): row
        for row in csv.DictReader(io.StringIO(_text("defra2025.csv")))
    }
    found = [
        _with_bounds(mode, vehicle, float(wtw[key]["wtw_g"]), told.uncertainty)
        for mode, told in rows.modes.items()
        for vehicle, key in told.vehicles.items()
    ]
    return Factors(
        name=rows.name,
        version=rows.version,
        factor=tuple(found),
        source=rows.source,
        licence=rows.licence,
        empty_running_included=rows.empty_running_included,
        defaults={mode: told.default for mode, told in rows.modes.items()},
    )


def _with_bounds(mode: Mode, vehicle: str, wtw: float, share: float) -> Factor:
    return Factor(
        mode=mode,
        vehicle=vehicle,
        wtw_g_per_tkm=wtw,
        low_g_per_tkm=wtw * (1 - share),
        high_g_per_tkm=wtw * (1 + share),
    )


def bounds_of(factor: Factor) -> tuple[float, float]:
    """Low and high as shares of the factor: 0.7 and 1.3, say."""
    low, high = factor.low_g_per_tkm, factor.high_g_per_tkm
    if not factor.wtw_g_per_tkm:
        return 1.0, 1.0
    return (
        1 - _UNCERTAINTY if low is None else low / factor.wtw_g_per_tkm,
        1 + _UNCERTAINTY if high is None else high / factor.wtw_g_per_tkm,
    )


def read_factors(body: bytes, name: str) -> Factors:
    """A set from a file's bytes: TOML or JSON of the shape of `Factors`, or CSV with the columns
    mode, vehicle, wtw_g_per_tkm and maybe low_g_per_tkm, high_g_per_tkm. Raises ValueError.
    """
    path = PurePath(name)
    try:
        if path.suffix == ".csv":
            return _from_csv(body.decode("utf-8-sig"), path.stem)
        found = (
            msgspec.json.decode(body) if path.suffix == ".json" else tomllib.loads(body.decode())
        )
        factors = msgspec.convert(found, Factors)
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path.name} is no set of emission factors: {error}") from None
    return _checked(factors, path.name)


def _from_csv(text: str, stem: str) -> Factors:
    rows = [
        {key: value for key, value in row.items() if value not in ("", None)}
        for row in csv.DictReader(io.StringIO(text))
    ]
    found = msgspec.convert(rows, tuple[Factor, ...], strict=False)
    name, _, version = stem.rpartition("-")
    return _checked(Factors(name=name or stem, version=version or "1", factor=found), stem)


def _checked(factors: Factors, name: str) -> Factors:
    if not factors.factor:
        raise ValueError(f"{name} has no factors")
    for one in factors.factor:
        low = one.wtw_g_per_tkm if one.low_g_per_tkm is None else one.low_g_per_tkm
        high = one.wtw_g_per_tkm if one.high_g_per_tkm is None else one.high_g_per_tkm
        if not 0 <= low <= one.wtw_g_per_tkm <= high < 1e7:
            raise ValueError(f"{name}: {one.mode} {one.vehicle}: low, factor and high do not rise")
    return factors


def _text(name: str) -> str:
    return (files(__package__) / "data" / name).read_text("utf-8")
