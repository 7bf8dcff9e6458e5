"""What goes into an estimate of greenhouse gases, and what comes out. Grams, metres, CO2e."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Mode = Literal["van", "road", "rail", "sea", "ferry", "air"]
Method = Literal["given", "great_circle", "road_factor", "rail_factor", "sea_lane"]
WeightG = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Point(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place by its UN/LOCODE or IATA `code`, or by coordinates in WGS 84 degrees."""

    code: Annotated[str, Meta(max_length=64)] | None = None
    name: Annotated[str, Meta(max_length=200)] | None = None
    country: Annotated[str, Meta(max_length=64)] | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None


class Stretch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One vehicle over one way. `distance_m` as travelled, where somebody knows it.

    `assumed` names what of this is an assumption of ours: mode, weight, origin or destination.
    `empty_share`: kilometres run empty for each one laden, where the factors leave it out.
    """

    mode: Mode
    weight_g: WeightG
    origin: Point = Point()
    destination: Point = Point()
    distance_m: Annotated[int, Meta(ge=0, le=50_000_000)] | None = None
    vehicle: Annotated[str, Meta(max_length=64)] | None = None
    refrigerated: bool = False
    volume_cm3: Annotated[int, Meta(ge=0, le=100_000_000_000)] | None = None
    empty_share: Annotated[float, Meta(ge=0, le=2)] | None = None
    number: str | None = None
    carrier: str | None = None
    assumed: tuple[str, ...] = ()


class LegCarbon(Struct, frozen=True, kw_only=True):
    """Well-to-wheel emissions of a leg: the estimate and the bounds that we would stand by.

    `weight_g` is what was reckoned with (by volume where that is more). `wtw_mg` in milligrams, so
    that light parcels keep their digits. `factor_mg_per_tkm`: per tonne and kilometre.
    """

    mode: Mode
    vehicle: str
    distance_m: int
    distance_method: Method
    weight_g: int
    factor_mg_per_tkm: int
    wtw_mg: int
    low_mg: int
    high_mg: int
    origin: str | None
    destination: str | None
    number: str | None
    carrier: str | None
    assumptions: tuple[str, ...]


class Carbon(Struct, frozen=True, kw_only=True):
    """All legs together. `unknown` says in words what could not be reckoned."""

    wtw_g: int
    low_g: int
    high_g: int
    distance_m: int
    legs: tuple[LegCarbon, ...]
    factors: str
    source: str
    unknown: tuple[str, ...] = ()


class CannotEstimateError(ValueError):
    """A leg that nothing can be said about; the text is for its sender."""
