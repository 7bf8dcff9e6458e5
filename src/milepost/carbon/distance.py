"""How far a leg is, by its mode."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
from msgspec import Struct

from milepost.carbon.gates import settled
from milepost.carbon.model import CannotEstimateError, Method, Point, Stretch
from milepost.carbon.sea import sea_m
from milepost.carbon.sphere import great_circle_m


class Way(NamedTuple):
    """`uncertainty`: the distance may be off by such a share."""

    metres: int
    method: Method
    uncertainty: float


class _Group(Struct, frozen=True):
    ratio: float
    countries: str


class _Road(Struct, frozen=True):
    default: float
    uncertainty: float
    countries: dict[str, float]
    groups: dict[str, _Group]


class _Rail(Struct, frozen=True):
    ratio: float
    adjustment: float
    uncertainty: float


class _Sea(Struct, frozen=True):
    adjustment: float
    uncertainty: float
    closed: tuple[str, ...]


class _Air(Struct, frozen=True):
    added_m: int
    uncertainty: float


class Table(Struct, frozen=True):
    """`distances.toml`."""

    road: _Road
    rail: _Rail
    sea: _Sea
    air: _Air
    volumetric_g_per_m3: dict[str, int]


@cache
def table() -> Table:
    text = (files(__package__) / "data" / "distances.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Table)


def road_ratio(country: str | None) -> float:
    """How much longer the road is than the great circle."""
    road = table().road
    if country in road.countries:
        return road.countries[country]
    groups = (one.ratio for one in road.groups.values() if country in one.countries.split())
    return next(groups, road.default)


def way_of(stretch: Stretch, closed: frozenset[str] = frozenset()) -> Way:
    """The way of a leg. `closed`: passages that ships cannot take, besides the Arctic ones.

    Raises CannotEstimateError.
    """
    if stretch.distance_m is not None:
        return Way(stretch.distance_m, "given", 0.0)
    origin, destination = (
        settled(stretch.origin, stretch.mode),
        settled(stretch.destination, stretch.mode),
    )
    if stretch.mode == "sea":
        return _by_sea(origin, destination, closed)
    return _overland(stretch, origin, destination)


def _overland(stretch: Stretch, origin: Point, destination: Point) -> Way:
    direct = great_circle_m(*_at(origin), *_at(destination))
    known = table()
    if stretch.mode == "air":
        return Way(direct + known.air.added_m, "great_circle", known.air.uncertainty)
    if stretch.mode == "ferry":
        return Way(round(direct * known.sea.adjustment), "great_circle", known.sea.uncertainty)
    if stretch.mode == "rail":
        ratio = known.rail.ratio * known.rail.adjustment
        return Way(round(direct * ratio), "rail_factor", known.rail.uncertainty)
    ends = {one.country for one in (origin, destination)}
    ratio = sum(road_ratio(one) for one in ends) / len(ends)
    return Way(round(direct * ratio), "road_factor", known.road.uncertainty)


def _by_sea(origin: Point, destination: Point, closed: frozenset[str]) -> Way:
    sea = table().sea
    shut = closed | frozenset(sea.closed)
    metres = sea_m(_at(origin), _at(destination), shut)
    if metres is None:
        raise CannotEstimateError("no sea lane leads there through the passages that are open")
    return Way(round(metres * sea.adjustment), "sea_lane", sea.uncertainty)


def _at(point: Point) -> tuple[float, float]:
    assert point.latitude is not None
    assert point.longitude is not None
    return point.latitude, point.longitude
