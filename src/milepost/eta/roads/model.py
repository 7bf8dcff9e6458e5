"""What a road tells the network: its stays at facilities, one after the other, and its scans."""

from __future__ import annotations

from math import asin, cos, log2, radians, sin, sqrt

from msgspec import Struct

HOUR_S = 3600
DAY_S = 86_400
WEEK_H = 168
# Where every road ends well: handed over, or waiting for its buyer.
DOOR = "door"
_EARTH_KM = 6371.0
_THURSDAY_H = 72  # 1970 began on a Thursday
Position = tuple[float, float]


class Node(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A facility of one carrier, by its normalised name. `position`: WGS 84; `zone`: IANA."""

    key: str
    carrier: str
    name: str
    city: str | None = None
    country: str | None = None
    position: Position | None = None
    zone: str | None = None


class Stay(Struct, frozen=True, array_like=True, gc=False):
    """From the first to the last scan at a facility. `left`: the last says that it has gone.

    Seconds since 1970 UTC; `offset_min`: of the clocks there, east of UTC.
    """

    node: str
    arrived_s: int
    departed_s: int
    offset_min: int = 0
    left: bool = False


class Seen(Struct, frozen=True, array_like=True, gc=False):
    """One scan: at which facility, with which status code."""

    node: str
    code: int
    at_s: int
    offset_min: int = 0


class Passage(Struct, frozen=True, kw_only=True, array_like=True):
    """One road through the network.

    `goals` and `origins`: the ends, from everywhere ("") to country, region and city. `done_s`: it
    came to its buyer. `over`: it ended otherwise, or is on its way back. `announced`: the facility
    that the carrier's last scan named as the next.
    """

    nodes: dict[str, Node]
    goals: tuple[str, ...] = ("",)
    origins: tuple[str, ...] = ("",)
    stays: tuple[Stay, ...] = ()
    scans: tuple[Seen, ...] = ()
    done_s: int | None = None
    done_code: int = 0
    over: bool = False
    announced: str | None = None
    goal_at: Position | None = None

    @property
    def open(self) -> bool:
        """Whether it is still on its way."""
        return self.done_s is None and not self.over and bool(self.stays)


def city_goal(country: str, city: str) -> str:
    """The end of roads to a city, as `Passage.goals` has it after the wider ones."""
    return f"{country}//{city.casefold()}"


def hour_of_week(at_s: int, offset_min: int) -> int:
    """0 is Monday from midnight to one, by the clocks of the place."""
    return ((at_s + 60 * offset_min) // HOUR_S + _THURSDAY_H) % WEEK_H


def distance_km(one: Position, other: Position) -> float:
    """Great circle."""
    (lat1, lon1), (lat2, lon2) = [tuple(map(radians, at)) for at in (one, other)]
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def band(one: Node | None, other: Node | None) -> str:
    """The class of a move: how far, in powers of two of kilometres, and whether over a border."""
    if one is None or other is None:
        return "door"
    border = "x" if one.country and other.country and one.country != other.country else ""
    if one.position is None or other.position is None:
        return border + "?"
    return f"{border}{int(log2(1 + distance_km(one.position, other.position)))}"
