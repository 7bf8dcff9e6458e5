"""The JSON of curves, positions, visits and limits."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from milepost.domain.care import Limits

Kind = Literal[
    "temperature", "humidity", "shock", "tilt", "light", "battery", "speed", "altitude", "position"
]


class CurveQuery(Struct):
    """`points`: how many at the most; the extremes are always among them. Times in RFC 3339."""

    kind: Kind = "temperature"
    points: Annotated[int, Meta(ge=4, le=5000)] = 300
    from_: Annotated[str, Meta(max_length=64)] | None = msgspec.field(name="from", default=None)
    until: Annotated[str, Meta(max_length=64)] | None = None


class Point(Struct, kw_only=True, omit_defaults=True):
    """A value at a time, or a position."""

    at: str
    value: float | None = None
    lat: float | None = None
    lon: float | None = None


class Stretch(Struct, kw_only=True):
    """It was with the asset. `confidence`: 0 to 1. `until` null: it still is."""

    asset: str
    kind: str
    since: str | None
    until: str | None
    confidence: float
    through: list[str]


class Silence(Struct):
    """Nobody measured."""

    since: str
    until: str


class ExcursionView(Struct, kw_only=True):
    """The value was beyond its limit. `lasted_s`: silences left out; `until` null: it still is."""

    side: str
    since: str
    until: str | None
    lasted_s: int
    peak: float
    gaps: list[Silence]


class CurveAnswer(Struct, kw_only=True):
    """A curve through all that the shipment was with, oldest first.

    `samples`: how many it stands for. `mean_kinetic`: mean kinetic temperature in °C.
    """

    number: str
    kind: str
    unit: str
    samples: int
    points: list[Point]
    gaps: list[Silence]
    assets: list[Stretch]
    excursions: list[ExcursionView]
    lowest: float | None = None
    highest: float | None = None
    mean_kinetic: float | None = None


class PositionAnswer(Struct, kw_only=True):
    """The newest position of anything that the shipment was with. `at_place`: the fence around."""

    number: str
    at: str
    lat: float
    lon: float
    asset: str
    confidence: float
    speed_m_s: float | None = None
    course_deg: int | None = None
    at_place: str | None = None


class VisitOf(Struct, kw_only=True):
    """A stay at a place. `departed` null: it is still there, or was taken out there."""

    place: str
    arrived: str
    departed: str | None
    dwell_s: int
    asset: str
    confidence: float


class VisitsAnswer(Struct):
    """Stays at places with a fence, by arrival."""

    number: str
    visits: list[VisitOf]


class LimitsGiven(Limits, frozen=True, forbid_unknown_fields=True):
    """Limits of one shipment: a name that is none is refused, for it would watch nothing."""


class LimitsAnswer(Struct, kw_only=True):
    """What holds now: the category's limits, with the shipment's own in their place."""

    number: str
    limits: Limits
